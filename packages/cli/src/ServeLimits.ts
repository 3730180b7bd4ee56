/**
 * ServeLimits: the flags of `smtp serve` about what a client may do.
 *
 * @module
 */
import * as Limits from "@effect-smtp/protocol/Limits"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Duration from "effect/Duration"
import * as Flag from "./internal/flag.js"

const { defaults } = Limits

const limit = (name: string, standard: number, description: string) =>
  Flag.positive(name).pipe(
    Options.withDefault(standard),
    Options.withDescription(description)
  )

/** The flags. */
export const options = {
  maxSize: limit("max-size", defaults.messageSize, "The longest message, in octets."),
  maxRecipients: limit("max-recipients", defaults.recipients, "Recipients of one message."),
  maxMessages: limit("max-messages", defaults.transactions, "Messages of one session."),
  maxConnections: limit(
    "max-connections",
    defaults.connections,
    "Connections at once; more wait."
  ),
  maxConnectionsPerAddress: limit(
    "max-connections-per-address",
    defaults.connectionsPerAddress,
    "Of these, from one IPv4 address or IPv6 network of 64 bits; more are turned away."
  ),
  sessionTime: Flag.seconds("session-time").pipe(
    Options.withDefault(Duration.toSeconds(defaults.sessionTime)),
    Options.withDescription("How many seconds a session may go on.")
  )
}

/** The limits that the flags stand for. */
export const read = (
  flags: Command.Command.ParseConfig<typeof options>
): Partial<Limits.Limits> => ({
  messageSize: flags.maxSize,
  recipients: flags.maxRecipients,
  transactions: flags.maxMessages,
  connections: flags.maxConnections,
  connectionsPerAddress: flags.maxConnectionsPerAddress,
  sessionTime: Duration.seconds(flags.sessionTime)
})

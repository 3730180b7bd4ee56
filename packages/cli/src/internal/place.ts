import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { WrongUse } from "../CliError.js"
import * as Flag from "./flag.js"

/** Where a server is, for the commands that are its clients. */
export const options = {
  port: Flag.port("port", 1).pipe(
    Options.optional,
    Options.withDescription("Default: see below.")
  ),
  socket: Flag.path("socket").pipe(
    Options.optional,
    Options.withDescription(
      "The server's Unix socket, instead of a port; the host is only the name in its certificate then."
    )
  ),
  lmtp: Options.boolean("lmtp").pipe(
    Options.withDescription(
      "Speak LMTP, which answers for each recipient; wants a --port or a --socket."
    )
  )
}

/** What the flags say. */
export interface Flags {
  readonly port: Option.Option<number>
  readonly socket: Option.Option<string>
  readonly lmtp: boolean
}

/** `WrongUse` for two places, and for LMTP where mail exchangers listen. */
export const check = ({ lmtp, port, socket }: Flags): Effect.Effect<void, WrongUse> =>
  Option.isSome(socket)
    ? Option.isSome(port)
      ? new WrongUse({ reason: "--socket and --port: one of them is enough" })
      : Effect.void
    : lmtp && !Option.exists(port, (port) => port !== 25)
    ? new WrongUse({
      reason:
        "--lmtp wants a --socket, or a --port of its own: there is no usual one, and 25 is SMTP's"
    })
    : Effect.void

/** The socket, or else the port of the host. */
export const endpoint = (
  host: string,
  port: number,
  socket: Option.Option<string>
): Endpoint.Endpoint =>
  Option.match(socket, {
    onNone: () => Endpoint.Tcp({ host, port }),
    onSome: (path) => Endpoint.Unix({ path })
  })

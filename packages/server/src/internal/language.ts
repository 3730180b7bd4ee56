import * as AddressModes from "@effect-smtp/wire/AddressMode"
import * as Command from "@effect-smtp/wire/Command"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Reply from "@effect-smtp/wire/Reply"
import type { Manners } from "../Conversation.js"
import type { Policy } from "../Policy.js"
import type { Host } from "./state.js"

/** What a server understands, and how it greets. */
export interface Language extends Pick<Host, "commands"> {
  readonly greeting: { readonly [Protocol in Policy["protocol"]]: Reply.Reply }
}

const known = new WeakMap<Manners, Language>()

/** The same for all conversations with those manners: there may be thousands, and idle ones. */
export const of = (manners: Manners): Language => {
  const found = known.get(manners)
  if (found !== undefined) return found
  const made = make(manners)
  known.set(manners, made)
  return made
}

const make = ({ addresses, limits, lineEnd, name, strictness }: Manners): Language => {
  const greet = (protocol: string) =>
    Reply.make({ code: 220, text: `${Domain.print(name)} ${protocol}` })
  return {
    greeting: { Smtp: greet("ESMTP"), Lmtp: greet("LMTP") },
    commands: Command.decoder({
      mode: AddressModes.withUtf8(addresses),
      lineEnd,
      verbs: strictness.forbidden,
      limits: {
        line: limits.commandLine,
        auth: limits.saslLine,
        discard: limits.discardedLine
      }
    })
  }
}

import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Attribute } from "@effect-smtp/wire/Command"
import * as Extension from "@effect-smtp/wire/Extension"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Unsupported } from "../SmtpError.js"

/** Fails unless the server offers the command of that name. */
export const insist = (
  capabilities: Capabilities.Capabilities,
  tag: Phase & Exclude<Extension.Tag, "Other">
): Effect.Effect<void, Unsupported> =>
  Capabilities.has(capabilities, tag)
    ? Effect.void
    : lacking(tag, "its command cannot be given")

/** Fails unless the server offers the command, and names each of the attributes. */
export const insistOnAttributes = (
  capabilities: Capabilities.Capabilities,
  tag: "Xclient" | "Xforward",
  attributes: ReadonlyArray<Attribute>
): Effect.Effect<void, Unsupported> =>
  Option.match(Capabilities.get(capabilities, tag), {
    onNone: () => insist(capabilities, tag),
    onSome: (offered) => {
      const unknown = attributes.find(({ name }) =>
        !offered.attributes.includes(name.toUpperCase())
      )
      return unknown === undefined
        ? Effect.void
        : lacking(tag, `the attribute ${unknown.name} is not known to it`)
    }
  })

const lacking = (tag: Phase & Exclude<Extension.Tag, "Other">, reason: string) =>
  new Unsupported({ phase: tag, extension: Extension.keywords[tag], reason })

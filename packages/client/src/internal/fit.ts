import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Body } from "../Body.js"
import * as Chunks from "../Chunks.js"
import * as Data from "../Data.js"
import type { Unsendable } from "../SmtpError.js"
import type * as Fates from "./fates.js"
import type * as Needs from "./needs.js"
import type * as Session from "./session.js"
import * as Transfers from "./transfer.js"

/** Octets written under one `Content` timeout. */
const block = 256 * 1024

/**
 * The message as a part of a window; none where it needs a conversation of its own: the body is read
 * while it is sent, what is said next depends on the answers, or there are several at the end.
 */
export const fit = (
  { capabilities }: Session.Session,
  plan: Needs.Plan,
  body: Body,
  known: Fates.Known
): Option.Option<Either.Either<Transfers.Transfer, Unsendable>> => {
  if (
    body._tag !== "Bytes" || plan.verdicts !== "One" ||
    !Capabilities.has(capabilities, "Pipelining") ||
    plan.policy === "AllOrNothing" && plan.recipients.length > 1
  ) return Option.none()
  const { whole } = plan.transfer === "Chunks" ? Chunks : Data
  return Option.some(
    Either.map(
      whole(body, plan.form),
      (chunks) => Transfers.make({ plan, blocks: chunks.flatMap(cut), known })
    )
  )
}

const cut = (chunk: Uint8Array): ReadonlyArray<Uint8Array> =>
  chunk.length <= block
    ? [chunk]
    : Array.from(
      { length: Math.ceil(chunk.length / block) },
      (_, index) => chunk.subarray(index * block, (index + 1) * block)
    )

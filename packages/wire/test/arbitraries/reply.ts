import * as FastCheck from "effect/FastCheck"
import * as EnhancedStatus from "../../src/EnhancedStatus.js"
import * as Reply from "../../src/Reply.js"
import { enhancedStatus } from "./enhancedStatus.js"

/** Text that may hold anything, with a liking for what a reply could be forged with. */
const text = FastCheck.array(
  FastCheck.oneof(
    FastCheck.constantFrom("\r\n", "\r", "\n", " ", "250 ", "250-", "\0", "\t", "\x7f", "\ud800"),
    enhancedStatus.map((status) => `${EnhancedStatus.print(status)} `),
    FastCheck.string({ unit: "grapheme", maxLength: 8 }),
    FastCheck.string({ unit: "binary", maxLength: 8 }),
    FastCheck.string({ unit: "grapheme-ascii", minLength: 300, maxLength: 700 })
  ),
  { maxLength: 6 }
).map((parts) => parts.join(""))

const code = FastCheck.oneof(
  FastCheck.constantFrom(220, 250, 334, 354, 421, 451, 550, 554),
  FastCheck.integer({ min: 200, max: 599 })
)

/** What a reply may be asked to be made of, sensible or not. */
export const options: FastCheck.Arbitrary<Reply.Options> = FastCheck.oneof(
  FastCheck.record({ code, text }),
  FastCheck.record({ code, enhanced: enhancedStatus, text }),
  FastCheck.record({ code, text: FastCheck.tuple(text, text, text) }),
  FastCheck.record({ code: FastCheck.oneof(FastCheck.integer(), FastCheck.double()), text })
)

export const reply: FastCheck.Arbitrary<Reply.Reply> = options.map(Reply.make)

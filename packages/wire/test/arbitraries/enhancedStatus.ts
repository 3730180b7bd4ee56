import * as FastCheck from "effect/FastCheck"
import * as EnhancedStatus from "../../src/EnhancedStatus.js"

const part = FastCheck.oneof(
  FastCheck.integer({ min: 0, max: 9 }),
  FastCheck.integer({ min: 0, max: 999 })
)

export const enhancedStatus: FastCheck.Arbitrary<EnhancedStatus.EnhancedStatus> = FastCheck.tuple(
  FastCheck.constantFrom<EnhancedStatus.Class>(2, 4, 5),
  part,
  part
).map(([klass, subject, detail]) => EnhancedStatus.make(klass, subject, detail))

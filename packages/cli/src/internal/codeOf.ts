import type { PlatformError } from "@effect/platform/Error"

/** What the system called the error. */
export const codeOf = (error: PlatformError): string => {
  const cause = error._tag === "SystemError" ? error.cause : undefined
  return cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : ""
}

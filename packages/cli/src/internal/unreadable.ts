import type { PlatformError } from "@effect/platform/Error"
import { BadFile } from "../CliError.js"
import { codeOf } from "./codeOf.js"

const reasons: ReadonlyMap<string, string> = new Map([
  ["EISDIR", "it is a directory"],
  ["ENOTDIR", "it is no directory"]
])

const reasonOf = (error: PlatformError): string => {
  if (error._tag !== "SystemError") return error.message
  switch (error.reason) {
    case "NotFound":
      return "there is no such file"
    case "PermissionDenied":
      return "permission denied"
    default:
      return reasons.get(codeOf(error)) ?? error.description ?? error.message
  }
}

/** Why the file, which is `what` it should be, cannot be read. */
export const unreadable = (what: string, file: string) => (error: PlatformError): BadFile =>
  new BadFile({ what, file, reason: reasonOf(error) })

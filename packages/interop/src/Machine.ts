/**
 * Machine: this machine's connections, programs and files, as the tests use them.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeContext from "@effect/platform-node/NodeContext"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/** All of it. */
export const layer: Layer.Layer<Dialer | Listener | NodeContext.NodeContext> = Layer.mergeAll(
  NodeDialer.layer(),
  NodeListener.layer(),
  NodeContext.layer
)

/** The path of a new folder that every user may enter. It goes when the scope closes. */
export const folder: Effect.Effect<
  string,
  PlatformError,
  FileSystem.FileSystem | Scope.Scope
> = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const path = yield* files.makeTempDirectoryScoped({ prefix: "effect-smtp-interop-" })
  yield* files.chmod(path, 0o755)
  return path
})

/**
 * The process behind the command `smtp`.
 *
 * @module
 */
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import { Keyboard } from "./Keyboard.js"
import * as Log from "./Log.js"
import { Stdin } from "./Message.js"
import { Screen } from "./Progress.js"
import * as Smtp from "./Smtp.js"

const logger = Logger.replace(Logger.defaultLogger, Log.logfmt)

const screen = process.stderr.isTTY
  ? Option.some((text: string) => Effect.sync(() => void process.stderr.write(text)))
  : Option.none()

const keyboard = Layer.effect(
  Keyboard,
  Effect.map(
    Terminal.Terminal,
    ({ readInput }) => process.stdin.isTTY ? Option.some(readInput) : Option.none()
  )
).pipe(Layer.provide(NodeContext.layer))

const platform = Layer.mergeAll(
  NodeContext.layer,
  NodeDialer.layer(),
  NodeListener.layer(),
  Layer.succeed(Stdin, NodeStream.stdin),
  Layer.succeed(Screen, screen),
  keyboard,
  logger
)

/** The code of an interrupted process, as shells have it (128 and SIGINT), until a server has stopped. */
const interrupted = MutableRef.make(130)
const onStopped = Effect.sync(() => MutableRef.set(interrupted, 0))

NodeRuntime.runMain(Effect.provide(Smtp.run(process.argv, onStopped), platform), {
  disableErrorReporting: true,
  disablePrettyLogger: true,
  teardown: (exit) => process.exit(Exit.isSuccess(exit) ? Number(exit.value) : interrupted.current)
})

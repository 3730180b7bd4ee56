import * as Body from "@effect-smtp/client/Body"
import { save } from "@effect-smtp/examples/attachments"
import { invitation } from "@effect-smtp/examples/invitation"
import * as Composed from "@effect-smtp/message/Composed"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const file = (name: string) => new URL(`../messages/${name}`, import.meta.url).pathname
const files = { picture: file("envelope.png"), beside: file("hello.eml") }

it.scopedLive("I3: saves the picture and the file, each under its place in the message", () =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const saved = yield* fs.makeTempDirectoryScoped()
    const { body } = yield* Composed.fromDraft(yield* invitation("bob@mx.example", files))
    const message = yield* fs.makeTempFileScoped()
    yield* fs.writeFile(message, yield* Body.collect(body))

    yield* save(fs.stream(message), saved)
    expect((yield* fs.readDirectory(saved)).sort()).toEqual(["1.2.2", "2"])
    expect(yield* fs.readFile(`${saved}/1.2.2`)).toEqual(yield* fs.readFile(files.picture))
  }).pipe(Effect.provide(NodeContext.layer)))

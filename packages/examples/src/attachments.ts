import * as Parts from "@effect-smtp/message/Parts"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** Saves each attachment to a file of its own while the message comes, and holds none of them. */
export const save = Effect.fn("save")(
  function*<E, R>(message: Stream.Stream<Uint8Array, E, R>, directory: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* Parts.forEach(message, ({ fileName, path: place, type }, body) => {
      if (Option.isNone(fileName)) return Effect.void
      const file = path.join(directory, place.join(".")) // senders may call theirs ../../etc
      return Effect.zipRight(
        Stream.run(body, fs.sink(file)),
        Console.log(`${file} is ${fileName.value} (${type})`)
      )
    })
  }
)

import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Channel from "@effect-smtp/protocol/Channel"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const bytes = (text: string) => new TextEncoder().encode(text)

const program = Effect.gen(function*() {
  const [near, far] = yield* MemoryNetwork.pair()
  const channel = yield* Channel.make(near, {
    phase: "Greeting",
    timeouts: Timeouts.make({ Greeting: "30 seconds" })
  })
  yield* far.write(bytes("220 mx.example ESMTP\r\n250 OK\r\n"))

  const replies = yield* channel.supervise(Effect.gen(function*() {
    const greeting = yield* channel.receive(Reply.decoder())
    yield* channel.enter("Noop")
    yield* channel.send(bytes("NOOP\r\n"))
    return [greeting, yield* channel.receive(Reply.decoder())]
  }))
  yield* Console.log(replies.map(Reply.summary)) // 220 mx.example ESMTP, 250 OK
})

Effect.runPromise(Effect.scoped(program))

import { sendReset, smarthost } from "@effect-smtp/examples/passwordReset"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Policy from "@effect-smtp/server/Policy"
import * as Inbox from "@effect-smtp/testing/Inbox"
import * as Recorder from "@effect-smtp/testing/Recorder"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Transcript from "@effect-smtp/testing/Transcript"
import * as TranscriptDiff from "@effect-smtp/testing/TranscriptDiff"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const inbox = Inbox.layerMemory({ places: [{ endpoint: smarthost, policy: Policy.clearText }] })
const program = Effect.zipRight(sendReset("bob@mx.example", "t0k3n"), Recorder.transcripts)

it.effect("says to a recording what it said to the server", () =>
  Effect.gen(function*() {
    // With a dialer of sockets in place of the inbox, this is a session with a real server.
    const [recorded] = yield* Effect.provide(
      program,
      Recorder.dialer.pipe(Layer.provideMerge(inbox))
    )
    const text = Transcript.print(recorded) // to be kept in a file

    const kept = yield* Transcript.parse(text)
    const server = yield* Transcript.toServerScript(kept)
    const [again] = yield* Effect.provide(
      ScriptedPeer.against({ endpoint: smarthost, scripts: [server] }, () => program),
      Recorder.dialer.pipe(Layer.provideMerge(MemoryNetwork.layer()))
    )
    expect(TranscriptDiff.print(TranscriptDiff.make(kept, again))).toBe("")
  }))

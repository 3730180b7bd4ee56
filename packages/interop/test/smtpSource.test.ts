import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import type * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import { refused, served } from "./live.js"

/** Runs `smtp-source` against the server. */
const source = (server: Pick<OurServer.OurServer, "exchange">, ...args: ReadonlyArray<string>) =>
  Program.run({
    program: "smtp-source",
    args: [
      "-M",
      "client.example",
      "-f",
      "alice@client.example",
      ...args,
      `127.0.0.1:${server.exchange}`
    ]
  })

const body = (message: string): string => message.slice(message.indexOf("\r\n\r\n") + 4)

served("smtp-source", (live) => {
  describe("and our server", () => {
    live("carry 200 messages over 20 connections at a time", (server) =>
      Effect.gen(function*() {
        const ran = yield* source(server, "-s", "20", "-m", "200", "-t", "bob@mx.example")
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        const kept = yield* server.kept
        expect(kept.length).toBe(200)
        expect(new Set(kept.map(({ session }) => session)).size).toBe(200)
        expect(new Set(kept.map(({ from, to }) => `${from} ${to}`))).toEqual(
          new Set(["alice@client.example bob@mx.example"])
        )
      }))

    live("carry many messages in one session", (server) =>
      Effect.gen(function*() {
        const ran = yield* source(server, "-d", "-s", "3", "-m", "60", "-t", "bob@mx.example")
        expect(ran.code).toBe(0)
        const kept = yield* server.kept
        expect(kept.length).toBe(60)
        expect(new Set(kept.map(({ session }) => session)).size).toBe(3)
      }))

    for (const octets of [1, 1000, 1_000_000]) {
      live(`carry ${octets} octets`, (server) =>
        Effect.gen(function*() {
          const ran = yield* source(
            server,
            ...["-l", `${octets}`, "-m", "3", "-t", "bob@mx.example"]
          )
          expect(ran.code).toBe(0)
          const kept = yield* server.kept
          // It ends its last line by itself.
          const length = octets + 2
          expect(kept.map(({ message }) => body(message).length)).toEqual([length, length, length])
        }))
    }

    live("carry a message to a hundred recipients", (server) =>
      Effect.gen(function*() {
        const ran = yield* source(server, "-r", "100", "-t", "bob@mx.example")
        expect(ran.code).toBe(0)
        const [kept] = yield* server.kept
        expect(new Set(kept?.to).size).toBe(100)
      }))

    live("agree on dots", (server) =>
      Effect.gen(function*() {
        const file = `${yield* Machine.folder}/message`
        const text = Message.dots.replaceAll("\r\n", "\n")
        yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFileString(file, text))
        const ran = yield* source(server, "-F", file, "-t", "bob@mx.example")
        expect(ran.code).toBe(0)
        // It puts an empty line behind every file.
        expect(yield* server.kept).toMatchObject([{ message: `${Message.dots}\r\n` }])
      }))

    refused("know a refusal when they meet one", (server) =>
      Effect.gen(function*() {
        const ran = yield* source(server, "-t", "nobody@mx.example")
        expect(ran.code).not.toBe(0)
        expect(ran.stderr).toContain("550 5.1.1")
        expect(yield* server.kept).toEqual([])
      }))
  })
})

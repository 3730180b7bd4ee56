import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodePasswordFile from "../src/NodePasswordFile.js"
import * as NodePasswordHash from "../src/NodePasswordHash.js"

const cost: NodePasswordHash.Cost = { logN: 4, r: 1, p: 1 }

const line = (username: string, password: string) =>
  Effect.flatMap(
    NodePasswordHash.make(Redacted.make(password), cost),
    (hash) => NodePasswordFile.makeLine(username, NodePasswordHash.print(hash))
  )

/** A kind of line that has the password turned around. */
const reversed: NodePasswordFile.Kind<string> = {
  parse: (text) =>
    text.startsWith("reversed") && text.includes("$")
      ? Either.right(text.slice(text.indexOf("$") + 1))
      : Either.left("reversed$PASSWORD"),
  verify: (kept, password) =>
    Effect.sync(() => [...kept].reverse().join("") === Redacted.value(password))
}

const make = (file: string) => NodePasswordFile.make(file, reversed)

/** A file with this text, and ways to change it. */
const withText = (text: string) =>
  Effect.gen(function*() {
    const directory = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "passwords-"))),
      (made) => Effect.promise(() => rm(made, { recursive: true }))
    )
    const file = join(directory, "users")
    const replace = (text: string) =>
      Effect.promise(async () => {
        await writeFile(`${file}.new`, text)
        await rename(`${file}.new`, file)
      })
    yield* replace(text)
    return {
      file,
      replace,
      append: (text: string) => Effect.promise(() => appendFile(file, text)),
      remove: Effect.promise(() => rm(file))
    }
  })

const check = (users: NodePasswordFile.PasswordFile<string>, username: string, password: string) =>
  users.checkPassword(username, Redacted.make(password))

describe("NodePasswordFile", () => {
  it.scopedLive("knows its users", () =>
    Effect.gen(function*() {
      const lines = [yield* line("alice", "sesame"), yield* line("zo\u00eb", "hunter2")]
      const { file } = yield* withText(`# users\r\n\r\n${lines.join("\r\n")}\r\n`)
      const users = yield* make(file)
      expect(yield* check(users, "alice", "sesame")).toBe(true)
      expect(yield* check(users, "zoe\u0308", "hunter2")).toBe(true)
      expect(yield* check(users, "alice", "hunter2")).toBe(false)
      for (const name of ["carol", "", "# users", "ALICE", "alice:"]) {
        expect(yield* check(users, name, "sesame")).toBe(false)
      }
    }))

  it.scopedLive("sees that the file has changed", () =>
    Effect.gen(function*() {
      const { append, file, replace } = yield* withText("")
      const users = yield* make(file)
      expect(yield* check(users, "alice", "sesame")).toBe(false)
      yield* append(`${yield* line("alice", "sesame")}\n`)
      expect(yield* check(users, "alice", "sesame")).toBe(true)
      yield* replace(`${yield* line("alice", "hunter2")}\n`)
      expect(yield* check(users, "alice", "sesame")).toBe(false)
      expect(yield* check(users, "alice", "hunter2")).toBe(true)
    }))

  it.scopedLive("lets nobody in while the file is broken or gone, and goes on when it is not", () =>
    Effect.gen(function*() {
      const good = yield* line("alice", "sesame")
      const { append, file, remove, replace } = yield* withText(`${good}\n`)
      const users = yield* make(file)
      yield* append("bob:")
      expect(yield* Effect.flip(check(users, "alice", "sesame"))).toMatchObject({
        _tag: "PasswordFileError",
        line: Option.some(2)
      })
      yield* remove
      const gone = yield* Effect.flip(check(users, "alice", "sesame"))
      expect(gone.message).toContain("expected a file that can be read (ENOENT)")
      yield* replace(good)
      expect(yield* check(users, "alice", "sesame")).toBe(true)
    }))

  it.scopedLive("knows users of another kind, too", () =>
    Effect.gen(function*() {
      const { append, file } = yield* withText([
        "bob:reversed$emases",
        yield* line("alice", "hunter2"),
        "alice:reversed-2$emases",
        "\ufb01ona:reversed$emases",
        ""
      ].join("\n"))
      const users = yield* make(file)
      const all = yield* users.all
      expect(all).toEqual([["emases"], ["emases"], ["emases"]])
      expect(yield* users.all).toBe(all)
      expect(yield* check(users, "bob", "sesame")).toBe(true)
      expect(yield* check(users, "bob", "emases")).toBe(false)
      expect(yield* check(users, "carol", "sesame")).toBe(false)
      expect(yield* users.find("carol")).toEqual([])
      // The hash is what counts where there is one.
      expect(yield* check(users, "alice", "hunter2")).toBe(true)
      expect(yield* check(users, "alice", "sesame")).toBe(false)
      expect(yield* users.find("alice")).toEqual(["emases"])
      expect(yield* users.find("fiona")).toEqual(["emases"])
      yield* append("bob:reversed-2$other\n")
      expect(yield* users.find("bob")).toEqual(["emases", "other"])
      expect(yield* users.all).toEqual([["emases", "other"], ["emases"], ["emases"]])
      yield* append("bob:\n")
      expect(yield* users.all).toEqual([["emases", "other"], ["emases"], ["emases"]])
    }))

  describe("make", () => {
    const hash =
      "$scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    for (
      const [what, text, expected] of [
        ["a line without a name", `:${hash}\n`, "line 1: expected a name and a colon"],
        ["a line without a colon", "\nalice\n", "line 2: expected a name and a colon"],
        ["a control in a name", `a\tb:${hash}\n`, "line 1: expected a name and a colon"],
        [
          "a password",
          "alice:sesame\n",
          "line 1: expected $scrypt$ln=...,r=...,p=...$salt$key or reversed$PASSWORD"
        ],
        [
          "a name twice",
          `alice:${hash}\nalice:${hash}\n`,
          "line 2: expected no name twice for one kind of hash"
        ],
        [
          "a name twice otherwise",
          "alice:reversed$x\nalice:reversed$y\n",
          "line 2: expected no name twice for one kind of hash"
        ],
        [
          "a hash that would take all memory",
          `alice:${hash.replace("ln=4", "ln=30")}\n`,
          "line 1: expected at most 134217728 octets of memory"
        ]
      ] as const
    ) {
      it.scopedLive(`says where there is ${what}, and quotes nothing`, () =>
        Effect.gen(function*() {
          const { file } = yield* withText(text)
          const { message } = yield* Effect.flip(make(file))
          expect(message).toContain(expected)
          expect(message).not.toMatch(/sesame|AAAA/)
        }))
    }

    it.scopedLive("says that there is no file, or a directory", () =>
      Effect.gen(function*() {
        const { file } = yield* withText("")
        for (const other of [`${file}.none`, join(file, "..")]) {
          expect(yield* Effect.flip(make(other))).toMatchObject({ file: other })
        }
      }))

    it.scopedLive("says that a file is too long", () =>
      Effect.gen(function*() {
        const { file } = yield* withText("#".repeat(NodePasswordFile.maxSize + 1))
        const { message } = yield* Effect.flip(make(file))
        expect(message).toContain("a file of at most 16777216 octets")
      }))
  })

  describe("makeLine", () => {
    it.effect("refuses names that cannot stand in a file", () =>
      Effect.gen(function*() {
        for (const name of ["", "a:b", "#a", " a", "a\nb", "a\0", "\ud800", "x".repeat(256)]) {
          expect(yield* Effect.flip(line(name, "x"))).toMatchObject({ _tag: "BadUserName" })
        }
      }))
  })
})

/**
 * NodePasswordFile: users and the hashes of their passwords in a file, for the `checkPassword` of an
 * authenticator. One user in a line, its name, a colon and a hash (`NodePasswordHash`); empty lines and
 * those that begin with `#` are passed over.
 *
 * ```
 * # who may send mail
 * alice:$scrypt$ln=14,r=8,p=5$SALT$KEY
 * ```
 *
 * The file is read again when it has changed. Whoever changes it should write another one and rename
 * it: half a file is an error for as long as it is there.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { Stats } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import * as NodePasswordHash from "./NodePasswordHash.js"

/** Octets of the longest file: about 100,000 users. */
export const maxSize = 16 * 1024 * 1024

/** The file cannot be used: what was expected of it, and in which line, from 1. It quotes no line. */
export class PasswordFileError extends Data.TaggedError("PasswordFileError")<{
  readonly file: string
  readonly line: Option.Option<number>
  readonly expected: string
}> {
  override get message(): string {
    const line = Option.match(this.line, { onNone: () => "", onSome: (line) => `, line ${line}` })
    return `bad password file ${this.file}${line}: expected ${this.expected}`
  }
}

/** A name that cannot stand in a file: empty, too long, or with a colon or a control character in it. */
export class BadUserName extends Data.TaggedError("BadUserName")<{}> {
  override get message(): string {
    return "not a user name: expected 1 to 255 characters without colons, # in front, and controls"
  }
}

/**
 * - `checkPassword`: whether that is the user's password. It costs as much where there is no such user.
 *   Two at most are checked at a time; others wait.
 */
export interface PasswordFile {
  readonly checkPassword: (
    username: string,
    password: Redacted.Redacted<string>
  ) => Effect.Effect<boolean, PasswordFileError>
}

/** The users, as of a state of the file. `decoy` costs what a hash of theirs does. */
interface Users {
  readonly state: string
  readonly hashes: ReadonlyMap<string, NodePasswordHash.PasswordHash>
  readonly decoy: NodePasswordHash.PasswordHash
}

/** The file's users. It is read at once, so that what is wrong with it is known from the start. */
export const make = Effect.fn("NodePasswordFile.make")(function*(file: string) {
  const known = yield* Ref.make(yield* load(file, yield* inspect(file)))
  const seats = yield* Effect.makeSemaphore(2)

  const current = Effect.gen(function*() {
    const stats = yield* inspect(file)
    const users = yield* Ref.get(known)
    if (users.state === stateOf(stats)) return users
    const fresh = yield* load(file, stats)
    yield* Ref.set(known, fresh)
    return fresh
  })

  const passwordFile: PasswordFile = {
    checkPassword: (username, password) =>
      Effect.flatMap(current, ({ decoy, hashes }) => {
        const hash = hashes.get(username.normalize("NFC"))
        return seats.withPermits(1)(NodePasswordHash.verify(hash ?? decoy, password)).pipe(
          Effect.map((right) => right && hash !== undefined)
        )
      })
  }
  return passwordFile
})

/** A line for the file. Fails for a cost that is out of bounds, too. */
export const makeLine = (options: {
  readonly username: string
  readonly password: Redacted.Redacted<string>
  readonly cost?: NodePasswordHash.Cost
}): Effect.Effect<string, BadUserName | NodePasswordHash.BadPasswordHash> => {
  const username = options.username.normalize("NFC")
  return isName(username)
    ? Effect.map(
      NodePasswordHash.make(options.password, options.cost),
      (hash) => `${username}:${NodePasswordHash.print(hash)}`
    )
    : new BadUserName()
}

const isName = (name: string): boolean =>
  name !== "" && name.length <= 255 && !/^#|^\s|[:\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)

const unusable = (file: string, expected: string, line?: number) =>
  new PasswordFileError({ file, line: Option.fromNullable(line), expected })

/** A system error's name says enough: `ENOENT`, `EACCES`. */
const reach = <A>(file: string, action: () => Promise<A>): Effect.Effect<A, PasswordFileError> =>
  Effect.tryPromise({
    try: action,
    catch: (error) => {
      const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : ""
      return unusable(file, `a file that can be read${code}`)
    }
  })

const inspect = (file: string): Effect.Effect<Stats, PasswordFileError> =>
  Effect.flatMap(reach(file, () => stat(file)), (stats) =>
    stats.isFile() && stats.size <= maxSize
      ? Effect.succeed(stats)
      : unusable(file, `a file of at most ${maxSize} octets`))

const stateOf = ({ ctimeMs, dev, ino, mtimeMs, size }: Stats): string =>
  [dev, ino, size, mtimeMs, ctimeMs].join(" ")

const load = (file: string, stats: Stats): Effect.Effect<Users, PasswordFileError> =>
  Effect.gen(function*() {
    const text = yield* reach(file, () => readFile(file, "utf8"))
    const hashes = new Map<string, NodePasswordHash.PasswordHash>()
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue
      const colon = line.indexOf(":")
      const name = line.slice(0, Math.max(colon, 0)).normalize("NFC")
      if (!isName(name)) return yield* unusable(file, "a name and a colon", index + 1)
      if (hashes.has(name)) return yield* unusable(file, "no name twice", index + 1)
      const hash = yield* Effect.mapError(
        NodePasswordHash.parse(line.slice(colon + 1)),
        ({ expected }) => unusable(file, expected, index + 1)
      )
      hashes.set(name, hash)
    }
    const [first] = hashes.values()
    return {
      state: stateOf(stats),
      hashes,
      decoy: NodePasswordHash.decoy(first?.cost ?? NodePasswordHash.defaultCost)
    }
  })

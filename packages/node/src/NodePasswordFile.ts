/**
 * NodePasswordFile: users and what is kept of their passwords in a file, for an authenticator. One user in a
 * line, its name, a colon and a hash (`NodePasswordHash`), or keys of SCRAM; empty lines and those that begin
 * with `#` are passed over. Who has several of them has several lines.
 *
 * ```
 * # who may send mail
 * alice:$scrypt$ln=14,r=8,p=5$SALT$KEY
 * bob:SCRAM-SHA-256$100000:SALT$KEY:KEY
 * ```
 *
 * The file is read again when it has changed. Whoever changes it should write another one and rename
 * it: half a file is an error for as long as it is there.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
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
 * What else than a hash may stand behind a name: `StoredKeys` of `server` is one, for keys of SCRAM. `parse`
 * says what it expected, and quotes nothing.
 */
export interface Kind<Kept> {
  readonly parse: (text: string) => Either.Either<Kept, string>
  readonly verify: (kept: Kept, password: Redacted.Redacted<string>) => Effect.Effect<boolean>
}

/**
 * - `checkPassword`: whether that is the user's password, by the hash if there is one. It costs as much where
 *   there is no such user. Two at most are checked at a time; others wait;
 * - `find`: what else than a hash is kept for the user;
 * - `all`: the same of each user, as of when the file could be read last; the same array as long as that is
 *   the same.
 */
export interface PasswordFile<Kept> {
  readonly checkPassword: (
    username: string,
    password: Redacted.Redacted<string>
  ) => Effect.Effect<boolean, PasswordFileError>
  readonly find: (username: string) => Effect.Effect<ReadonlyArray<Kept>, PasswordFileError>
  readonly all: Effect.Effect<ReadonlyArray<ReadonlyArray<Kept>>>
}

/** What is kept of a user's password. */
interface User<Kept> {
  readonly hash: Option.Option<NodePasswordHash.PasswordHash>
  readonly others: ReadonlyArray<Kept>
}

/** The users, as of a state of the file. */
interface Users<Kept> {
  readonly state: string
  readonly byName: ReadonlyMap<string, User<Kept>>
  readonly others: ReadonlyArray<ReadonlyArray<Kept>>
}

/** The file's users. It is read at once, so that what is wrong with it is known from the start. */
export const make = Effect.fn("NodePasswordFile.make")(
  function*<Kept>(file: string, kind: Kind<Kept>) {
    const known = yield* Ref.make(yield* load(file, kind, yield* inspect(file)))
    const seats = yield* Effect.makeSemaphore(2)

    const current = Effect.gen(function*() {
      const stats = yield* inspect(file)
      const users = yield* Ref.get(known)
      if (users.state === stateOf(stats)) return users
      const fresh = yield* load(file, kind, stats)
      yield* Ref.set(known, fresh)
      return fresh
    })

    const verify = ({ hash, others }: User<Kept>, password: Redacted.Redacted<string>) => {
      const [other] = others
      return Option.isNone(hash) && other !== undefined
        ? kind.verify(other, password)
        : NodePasswordHash.verify(Option.getOrElse(hash, () => decoy), password)
    }

    const passwordFile: PasswordFile<Kept> = {
      checkPassword: (username, password) =>
        Effect.flatMap(current, ({ byName }) => {
          const user = byName.get(nameOf(username))
          // Somebody else's, so that it costs what theirs does.
          const [stranger] = byName.values()
          return seats.withPermits(1)(verify(user ?? stranger ?? nobody, password)).pipe(
            Effect.map((right) => right && user !== undefined)
          )
        }),
      find: (username) =>
        Effect.map(current, ({ byName }) => byName.get(nameOf(username))?.others ?? []),
      all: Effect.map(Effect.orElse(current, () => Ref.get(known)), ({ others }) => others)
    }
    return passwordFile
  }
)

const nobody = { hash: Option.none(), others: [] }

const decoy = NodePasswordHash.decoy(NodePasswordHash.defaultCost)

/** A line for the file: `kept` is a hash, or whatever else there may be, as text. */
export const makeLine = (username: string, kept: string): Effect.Effect<string, BadUserName> => {
  const name = nameOf(username)
  return isName(name) ? Effect.succeed(`${name}:${kept}`) : new BadUserName()
}

/** A name in the form in which it is compared, which is that of SASLprep (RFC 4013), too. */
const nameOf = (username: string): string => username.normalize("NFKC")

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

/** What makes two lines of a user the same: what their text begins with. */
const kindOf = (kept: string): string => kept.slice(0, kept.indexOf("$", 1))

const load = <Kept>(
  file: string,
  kind: Kind<Kept>,
  stats: Stats
): Effect.Effect<Users<Kept>, PasswordFileError> =>
  Effect.gen(function*() {
    const text = yield* reach(file, () => readFile(file, "utf8"))
    const byName = new Map<string, User<Kept>>()
    const seen = new Set<string>()
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue
      const wrong = (expected: string) => unusable(file, expected, index + 1)
      const colon = line.indexOf(":")
      const name = nameOf(line.slice(0, Math.max(colon, 0)))
      if (!isName(name)) return yield* wrong("a name and a colon")
      const kept = line.slice(colon + 1)
      const which = `${name}:${kindOf(kept)}`
      if (seen.has(which)) return yield* wrong("no name twice for one kind of hash")
      seen.add(which)
      const before: User<Kept> = byName.get(name) ?? nobody
      byName.set(name, yield* Effect.mapError(add(kind, before, kept), wrong))
    }
    const others = [...byName.values()].map(({ others }) => others)
    return { state: stateOf(stats), byName, others }
  })

/** One more line of a user. */
const add = <Kept>(
  kind: Kind<Kept>,
  before: User<Kept>,
  kept: string
): Effect.Effect<User<Kept>, string> =>
  Either.match(kind.parse(kept), {
    onRight: (other) => Effect.succeed({ ...before, others: [...before.others, other] }),
    onLeft: (expected) =>
      Effect.mapBoth(NodePasswordHash.parse(kept), {
        onSuccess: (hash) => ({ ...before, hash: Option.some(hash) }),
        onFailure: (error) =>
          kept.startsWith("$") ? error.expected : `${error.expected} or ${expected}`
      })
  })

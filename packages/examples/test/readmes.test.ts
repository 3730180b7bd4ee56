import { describe, expect, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"

/** Code in a README that names its file is that file, so that what readers copy compiles. */
const root = Path.resolve(import.meta.dirname, "../../..")

const readmes = [
  "README.md",
  ...Fs.readdirSync(Path.join(root, "packages")).map((name) => `packages/${name}/README.md`)
]

const quotation = /^```ts file=(\S+)\n([\s\S]*?)^```$/gm

describe("READMEs", () => {
  for (const readme of readmes) {
    it(`${readme} quotes files as they are`, () => {
      const text = Fs.readFileSync(Path.join(root, readme), "utf8")
      const blocks = text.match(/^```ts.*$/gm) ?? []
      const quoted = [...text.matchAll(quotation)]
      expect(quoted.length).toBe(blocks.length)
      for (const [, file, code] of quoted) {
        expect(code).toBe(Fs.readFileSync(Path.join(root, file), "utf8"))
      }
    })
  }
})

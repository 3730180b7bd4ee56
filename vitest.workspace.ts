import { readdirSync } from "node:fs"
import { defineWorkspace } from "vitest/config"

/** Every package with a `test` folder is a project; tests run from source, so nothing is built first. */
const packages = readdirSync("packages", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

const conditions = ["@effect-smtp/source"]

export default defineWorkspace(packages.map((name) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    root: `packages/${name}`,
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000
  }
})))

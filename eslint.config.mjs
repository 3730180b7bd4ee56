import effect from "@effect/eslint-plugin"
import tseslint from "typescript-eslint"

/** The arrows of the design: what each package may import of ours. `node:*` belongs to `node` alone. */
const arrows = {
  wire: [],
  sasl: [],
  flow: [],
  protocol: ["wire", "flow", "sasl"],
  client: ["wire", "flow", "sasl", "protocol"],
  server: ["wire", "flow", "sasl", "protocol"],
  node: ["flow", "client"],
  received: ["wire"],
  message: ["wire", "client"],
  testing: ["wire", "flow", "protocol", "server", "message"]
}

/** The program packages: they stand on everything and may touch the platform. */
const programs = ["cli", "examples", "bench", "interop"]
const ours = [...Object.keys(arrows), ...programs]

/** Which packages of the Effect family may be imported besides `effect` itself. */
const platform = {
  flow: ["@effect/platform"],
  testing: ["@effect/vitest", "vitest"],
  node: ["@effect/platform", "@effect/platform-node"],
  message: ["@effect/platform", "@effect/platform-node"]
}
const family = ["@effect/platform", "@effect/platform-node", "@effect/vitest", "@effect/cli", "vitest"]

const restrict = (name) => {
  const closed = ours.filter((other) => other !== name && !arrows[name].includes(other))
  const outside = family.filter((other) => !(platform[name] ?? []).includes(other))
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      "no-restricted-imports": ["error", {
        patterns: [
          {
            regex: `^@effect-smtp/(${closed.join("|")})($|/)`,
            message: `The design draws no arrow from ${name} to that package.`
          },
          {
            regex: `^(${outside.join("|")})($|/)`,
            message: `${name} does not stand on that package.`
          },
          ...(name === "node" ? [] : [{ regex: "^node:", message: "Only the node package touches Node." }]),
          {
            regex: "^effect$|^@effect-smtp/[a-z]+/internal/",
            message: "Import from the module, not the barrel; internal modules are closed."
          },
          ...(name === "wire" || name === "sasl"
            ? [{ regex: "^effect/(Effect|Stream|Layer|Clock|Random)$", message: `${name} is pure.` }]
            : [])
        ]
      }]
    }
  }
}

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    plugins: { "@effect": effect },
    rules: {
      "@effect/dprint": ["error", {
        config: {
          indentWidth: 2,
          lineWidth: 100,
          operatorPosition: "maintain",
          semiColons: "asi",
          quoteStyle: "alwaysDouble",
          trailingCommas: "never",
          "arrowFunction.useParentheses": "force"
        }
      }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/array-type": ["error", { default: "generic", readonly: "generic" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-empty-object-type": ["error", { allowObjectTypes: "always" }],
      "max-lines": ["warn", { max: 300, skipComments: false }]
    }
  },
  { files: ["packages/*/test/**/*.ts"], rules: { "max-lines": "off" } },
  ...Object.keys(arrows).map(restrict)
)

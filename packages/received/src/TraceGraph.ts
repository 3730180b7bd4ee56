/**
 * TraceGraph: the hosts that a message has come by, and the steps between them, as a value and as text
 * for programs that draw (Graphviz, Mermaid).
 *
 * @module
 */
import * as Option from "effect/Option"
import type * as Facts from "./Facts.js"
import * as Hop from "./Hop.js"
import * as Host from "./Host.js"
import * as Protocol from "./Protocol.js"
import type { Trace } from "./Trace.js"

/**
 * - `label`: what the host is called;
 * - `names`: all names and addresses that it is known by, in lower case.
 */
export interface Node {
  readonly label: string
  readonly names: ReadonlyArray<string>
}

/**
 * A step from one node to another, by their indices. `Hop`: a field tells of it, that of the `hop` of
 * that index. `Gap`: the host that hands the message over there is not the one that had it before, as far
 * as one can see, and no field tells how it came from the one to the other.
 */
export interface Edge {
  readonly kind: "Hop" | "Gap"
  readonly from: number
  readonly to: number
  readonly hop: number
  readonly delay: Option.Option<number>
  readonly protocol: Option.Option<Protocol.Protocol>
}

/** Nodes in the order in which the message came by them, and the steps in the order of the hops. */
export interface TraceGraph {
  readonly nodes: ReadonlyArray<Node>
  readonly edges: ReadonlyArray<Edge>
}

/** A node while the graph is made. */
interface Draft {
  readonly label: string
  readonly names: Set<string>
}

const lower = (text: Option.Option<string>): ReadonlyArray<string> =>
  Option.toArray(text).map((name) => name.toLowerCase())

/** Names that another host may have too. */
const isCommon = (name: string): boolean =>
  name === "unknown" || Host.isLocal(Host.named(name)) ||
  Host.isLocal({ ...Host.unknown, address: Option.some(name) })

/** What the writer of the field has found out itself; what a client says of itself is not in it. */
const foundNames = ({ address, reverse }: Host.Host): ReadonlyArray<string> =>
  [...lower(address), ...lower(reverse)].filter((name) => !isCommon(name))

/** The graph of a trace. Hosts are the same that share an address, or a name which one of them goes by. */
export const fromTrace = ({ hops }: Trace): TraceGraph => {
  const nodes: Array<Draft> = []
  const edges: Array<Edge> = []
  const known = new Map<string, number>()

  const node = (label: string, names: ReadonlyArray<string>): number => {
    const found = names.map((name) => known.get(name)).find((index) => index !== undefined)
    const index = found ?? nodes.push({ label, names: new Set() }) - 1
    for (const name of names) {
      if (!known.has(name)) known.set(name, index)
      nodes[index]?.names.add(name)
    }
    return index
  }

  const taker = (hop: Hop.Hop): Option.Option<number> =>
    Option.map(Hop.host(hop), (name) => {
      const address = Option.flatMap(hop.facts, ({ by }) => Option.flatMap(by, (_) => _.address))
      return node(name, [name, ...lower(address)].filter((_) => !isCommon(_)))
    })

  /** A client may call itself like a host that the message was at; only like the last one it is that. */
  const giver = (from: Host.Host, before: Option.Option<number>): number => {
    const said = lower(from.name)
    const isBefore = Option.exists(
      before,
      (index) => Host.isLocal(from) || said.some((name) => nodes[index]?.names.has(name))
    )
    if (Option.isSome(before) && isBefore) return before.value
    const found = foundNames(from)
    const names = found.length > 0
      ? found
      : said.filter((name) => !isCommon(name) && !known.has(name))
    return node(Option.getOrElse(Host.label(from), () => "unknown"), names)
  }

  const step = (facts: Facts.Facts, hop: number, before: Option.Option<number>) => {
    const from = Option.map(facts.from, (host) => giver(host, before))
    const to = Option.fromNullable(hops[hop]).pipe(Option.flatMap(taker))
    const edge = (kind: Edge["kind"], between: readonly [number, number]) => {
      edges.push({
        kind,
        from: between[0],
        to: between[1],
        hop,
        delay: kind === "Hop"
          ? Option.flatMap(Option.fromNullable(hops[hop]), (_) => _.delay)
          : Option.none(),
        protocol: kind === "Hop" ? facts.with : Option.none()
      })
    }
    const giving = Option.orElse(from, () => before)
    if (Option.isSome(from) && Option.isSome(before) && from.value !== before.value) {
      edge("Gap", [before.value, from.value])
    }
    if (Option.isSome(giving) && Option.isSome(to)) edge("Hop", [giving.value, to.value])
    return Option.orElse(to, () => giving)
  }

  let before: Option.Option<number> = Option.none()
  for (const [index, { facts }] of hops.entries()) {
    if (Option.isSome(facts)) before = step(facts.value, index, before)
  }
  return {
    nodes: nodes.map(({ label, names }) => ({ label, names: Array.from(names) })),
    edges
  }
}

/** What is written at a step: the protocol and the delay. */
const edgeLabel = ({ delay, kind, protocol }: Edge): ReadonlyArray<string> =>
  kind === "Gap" ? [] : [
    ...Option.toArray(protocol).map(Protocol.print),
    ...Option.toArray(delay).map(Hop.printDelay)
  ]

const dotText = (lines: ReadonlyArray<string>): string =>
  `"${lines.map((line) => line.replace(/["\\]/g, "\\$&")).join("\\n")}"`

/** For Graphviz: a directed graph; gaps are dashed. */
export const toDot = ({ edges, nodes }: TraceGraph): string =>
  [
    "digraph trace {",
    "  rankdir=LR;",
    "  node [shape=box];",
    ...nodes.map(({ label }, index) => `  n${index} [label=${dotText([label])}];`),
    ...edges.map((edge) => {
      const label = edgeLabel(edge)
      const attributes = edge.kind === "Gap"
        ? " [style=dashed]"
        : label.length === 0
        ? ""
        : ` [label=${dotText(label)}]`
      return `  n${edge.from} -> n${edge.to}${attributes};`
    }),
    "}",
    ""
  ].join("\n")

/** Mermaid has entity codes for what would be read as its language, or as HTML or Markdown. */
const mermaidText = (lines: ReadonlyArray<string>): string =>
  `"${
    lines.map((line) =>
      line.replace(/[^\p{L}\p{N}\p{M} .:-]/gu, (char) => `#${char.codePointAt(0)};`)
    ).join("<br/>")
  }"`

/** For Mermaid: a flowchart; gaps are dotted. */
export const toMermaid = ({ edges, nodes }: TraceGraph): string =>
  [
    "flowchart LR",
    ...nodes.map(({ label }, index) => `  n${index}[${mermaidText([label])}]`),
    ...edges.map((edge) => {
      const label = edgeLabel(edge)
      const arrow = edge.kind === "Gap"
        ? "-.->"
        : label.length === 0
        ? "-->"
        : `-->|${mermaidText(label)}|`
      return `  n${edge.from} ${arrow} n${edge.to}`
    }),
    ""
  ].join("\n")

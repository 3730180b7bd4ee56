import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Trace from "../src/Trace.js"
import * as TraceGraph from "../src/TraceGraph.js"
import { entries } from "./corpus/all.js"
import * as Entry from "./corpus/entry.js"

/** In the order of the way. */
const graph = (...fields: ReadonlyArray<string>) =>
  TraceGraph.fromTrace(Trace.fromFields(fields.map((field) => `Received: ${field}`).reverse()))

const steps = ({ edges, nodes }: TraceGraph.TraceGraph) =>
  edges.map(({ from, kind, to }) =>
    `${nodes[from]?.label} ${kind === "Hop" ? "->" : ".."} ${nodes[to]?.label}`
  )

const way = graph(
  "from laptop ([192.0.2.7]) by smtp.client.example with ESMTPSA; Fri, 20 Nov 2026 10:00:00 +0000",
  "from smtp.client.example (smtp.client.example [192.0.2.1]) by mx.example.org with ESMTPS; Fri, 20 Nov 2026 10:00:05 +0000",
  "from mx.example.org ([127.0.0.1]) by localhost (mx.example.org [127.0.0.1]) with LMTP; Fri, 20 Nov 2026 10:00:05 +0000",
  "from store.example.org (store.example.org [192.0.2.3]) by imap.example.org; Fri, 20 Nov 2026 10:01:10 +0000"
)

describe("TraceGraph", () => {
  it("V12: is a value of nodes and edges", () => {
    expect(steps(way)).toEqual([
      "laptop -> smtp.client.example",
      "smtp.client.example -> mx.example.org",
      "mx.example.org -> mx.example.org",
      "mx.example.org .. store.example.org",
      "store.example.org -> imap.example.org"
    ])
    expect(way.nodes[1]).toEqual({
      label: "smtp.client.example",
      names: ["smtp.client.example"]
    })
    expect(way.edges.map(({ hop }) => hop)).toEqual([0, 1, 2, 3, 3])
  })

  it("knows a host again by its address, whatever it calls itself", () => {
    const all = graph(
      "from x ([192.0.2.1]) by a.example ([192.0.2.2])",
      "from y ([192.0.2.2]) by b.example ([192.0.2.3])",
      "from z ([192.0.2.1]) by a.example"
    )
    expect(all.nodes.map(({ label }) => label)).toEqual(["x", "a.example", "b.example"])
  })

  it("does not believe a client that calls itself like a host the message was at before", () => {
    const all = graph(
      "from x ([192.0.2.1]) by a.example",
      "from a.example by b.example",
      "from a.example ([198.51.100.66]) by c.example"
    )
    expect(steps(all)).toEqual([
      "x -> a.example",
      "a.example -> b.example",
      "b.example .. a.example",
      "a.example -> c.example"
    ])
    expect(all.nodes.length).toBe(5)
  })

  it("makes do without from, without by, and without fields that can be read", () => {
    expect(steps(graph("by a.example", "by b.example"))).toEqual(["a.example -> b.example"])
    expect(steps(graph("nonsense", "(qmail 1 invoked by uid 0); 20 Nov 2026 10:00 +0000"))).toEqual(
      []
    )
    expect(steps(graph("from a.example", "from b.example by c.example")))
      .toEqual(["a.example .. b.example", "b.example -> c.example"])
    expect(graph()).toEqual({ nodes: [], edges: [] })
  })

  it("V7: is drawn for Graphviz", () => {
    expect(TraceGraph.toDot(way)).toBe(`digraph trace {
  rankdir=LR;
  node [shape=box];
  n0 [label="laptop"];
  n1 [label="smtp.client.example"];
  n2 [label="mx.example.org"];
  n3 [label="store.example.org"];
  n4 [label="imap.example.org"];
  n0 -> n1 [label="ESMTPSA"];
  n1 -> n2 [label="ESMTPS\\n5 s"];
  n2 -> n2 [label="LMTP\\n0 s"];
  n2 -> n3 [style=dashed];
  n3 -> n4 [label="1 min 5 s"];
}
`)
  })

  it("is drawn for Mermaid", () => {
    expect(TraceGraph.toMermaid(way)).toBe(`flowchart LR
  n0["laptop"]
  n1["smtp.client.example"]
  n2["mx.example.org"]
  n3["store.example.org"]
  n4["imap.example.org"]
  n0 -->|"ESMTPSA"| n1
  n1 -->|"ESMTPS<br/>5 s"| n2
  n2 -->|"LMTP<br/>0 s"| n2
  n2 -.-> n3
  n3 -->|"1 min 5 s"| n4
`)
  })

  it.prop(
    "lets no text out of its quotes",
    [FastCheck.array(FastCheck.constantFrom(..."\"\\]>|;#<&`\n\r\0(){}%ab"), { maxLength: 12 })],
    ([characters]) => {
      const word = `"${characters.join("").replace(/["\\]/g, "\\$&")}"`
      const all = graph(`from ${word} by ${word} with ${word}`)
      for (const line of TraceGraph.toDot(all).split("\n").slice(3, -2)) {
        expect(line).toMatch(
          /^ {2}n[0-9](?: -> n[0-9])?(?: \[(?:style=dashed|label="(?:[^"\\]|\\.)*")\])?;$/
        )
      }
      for (const line of TraceGraph.toMermaid(all).split("\n").slice(1, -1)) {
        expect(line).toMatch(
          /^ {2}n[0-9](?: -\.-> n[0-9]| -->(?:\|"[\w .:#;-]*"\|)? n[0-9]|\["[\w .:#;-]*"\])$/
        )
      }
    }
  )

  it("draws whatever mailers write", () => {
    const all = graph(...entries.map(Entry.text))
    expect(all.edges.filter(({ kind }) => kind === "Hop").length).toBeGreaterThan(150)
    for (const { from, to } of all.edges) {
      expect(all.nodes[from] && all.nodes[to]).toBeDefined()
    }
  })
})

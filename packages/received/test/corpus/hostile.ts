import type { Entry } from "./entry.js"

export const hostile: ReadonlyArray<Entry> = [
  {
    title: "a bracket that is never closed",
    lines: [
      "from client.example (host.example.com [192.0.2.1] by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00",
      rest: ["(host.example.com"]
    }
  },
  {
    title: "a bracket that was never opened",
    lines: [
      "from client.example) by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example)" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "a quote that is never closed",
    lines: [
      "from \"client.example by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "\"client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "a client that calls itself by",
    lines: [
      "from by ([192.0.2.1]) by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "by", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "nothing behind from",
    lines: [
      "from by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "nothing behind id",
    lines: [
      "from client.example by mx.example.org with SMTP id for <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "a quoted name",
    lines: [
      "from \"a strange; (name)\" ([192.0.2.1]) by mx.example.org with SMTP id 1; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "a strange; (name)", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "comments within comments",
    lines: [
      "from client.example (a (b (c \\) d) e) f [192.0.2.1]) by mx.example.org; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "f", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      date: "2026-11-20T10:00:00+01:00",
      notes: ["a (b (c ) d) e)"]
    }
  },
  {
    title: "a semicolon in a comment",
    lines: [
      "from client.example (a;b [192.0.2.1]) by mx.example.org; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "b", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      date: "2026-11-20T10:00:00+01:00",
      notes: ["a"]
    }
  },
  {
    title: "a local part with brackets in quotes",
    lines: [
      "from client.example by mx.example.org for <\"a)>(;b\"@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      for: ["\"a)>(;b\"@example.org"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "the path of a source route",
    lines: [
      "from client.example by mx.example.org for <@a.example,@b.example:bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      for: ["@a.example,@b.example:bob@example.org"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "several paths",
    lines: [
      "from client.example by mx.example.org for <bob@example.org>, <carol@example.org>,<dave@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      for: ["bob@example.org", "carol@example.org", "dave@example.org"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "for twice",
    lines: [
      "from client.example by mx.example.org for <bob@example.org> for <carol@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      for: ["bob@example.org", "carol@example.org"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "recipients that are not told",
    lines: [
      "from client.example by mx.example.org with SMTP id 1 for multiple recipients; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00",
      rest: ["multiple recipients"]
    }
  },
  {
    title: "everything twice",
    lines: [
      "from a.example from b.example by c.example by d.example with SMTP with ESMTP id 1 id 2; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "a.example" },
      by: { name: "c.example" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00",
      rest: ["from b.example", "by d.example", "with ESMTP", "id 2"]
    }
  },
  {
    title: "folded wherever there was a space",
    lines: [
      "from",
      " client.example",
      " ([192.0.2.1])",
      " by",
      " mx.example.org",
      " with",
      " SMTP",
      " id",
      " 1;",
      " Fri,",
      " 20",
      " Nov",
      " 2026",
      " 10:00:00",
      " +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "upper case",
    lines: [
      "FROM CLIENT.EXAMPLE ([192.0.2.1]) BY MX.EXAMPLE.ORG VIA TCP WITH ESMTP ID ABC FOR <BOB@EXAMPLE.ORG>; FRI, 20 NOV 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "CLIENT.EXAMPLE", address: "192.0.2.1" },
      by: { name: "MX.EXAMPLE.ORG" },
      via: "TCP",
      with: "ESMTP",
      id: "ABC",
      for: ["BOB@EXAMPLE.ORG"],
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "no spaces around comments",
    lines: [
      "from client.example(host.example.com[192.0.2.1])by mx.example.org(Postfix)with ESMTP id 1;Fri, 20 Nov 2026 10:00:00 +0100(CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "1",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  }
]

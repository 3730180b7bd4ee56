import type { Entry } from "./entry.js"

export const postfix: ReadonlyArray<Entry> = [
  {
    title: "SMTP, a client that the DNS knows",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org (Postfix) with SMTP id 4FqK1z2Dkqz3x",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "4FqK1z2Dkqz3x",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "ESMTP, a client without a name in the DNS",
    lines: [
      "from client.example (unknown [192.0.2.1])",
      "\tby mx.example.org (Postfix) with ESMTP id 4FqK1z2Dkqz3x",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "4FqK1z2Dkqz3x",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "TLS 1.3, no client certificate asked for",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
      "\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)",
      "\t(No client certificate requested)",
      "\tby mx.example.org (Postfix) with ESMTPS id 4FqK1z2Dkqz3x",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "4FqK1z2Dkqz3x",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: [
        "key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
        "No client certificate requested",
        "Postfix",
        "UTC"
      ]
    }
  },
  {
    title: "TLS 1.2, a client certificate that was verified",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\t(using TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits))",
      "\t(Client CN \"client.example\", Issuer \"Example CA (R3)\" (verified OK))",
      "\tby mx.example.org (Postfix) with ESMTPS id 9D2C81000BB;",
      "\tFri, 20 Nov 2026 10:00:00 -0500 (EST)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", bits: 128 },
      id: "9D2C81000BB",
      date: "2026-11-20T10:00:00-05:00",
      notes: [
        "Client CN \"client.example\", Issuer \"Example CA (R3)\" (verified OK)",
        "Postfix",
        "EST"
      ]
    }
  },
  {
    title: "submission, who has logged in is told",
    lines: [
      "from [192.0.2.7] (dsl-7.example.net [192.0.2.7])",
      "\t(using TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits))",
      "\t(No client certificate requested)",
      "\t(Authenticated sender: alice@example.com)",
      "\tby smtp.example.com (Postfix) with ESMTPSA id 4A1B2C3D4E",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      from: { name: "[192.0.2.7]", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", bits: 128 },
      id: "4A1B2C3D4E",
      for: ["bob@example.org"],
      user: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["No client certificate requested", "Postfix", "UTC"]
    }
  },
  {
    title: "AUTH without TLS",
    lines: [
      "from laptop.local (unknown [IPv6:2001:db8::7])",
      "\t(Authenticated sender: alice)",
      "\tby smtp.example.com (Postfix) with ESMTPA id 4A1B2C3D4E;",
      "\tFri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      from: { name: "laptop.local", address: "2001:db8::7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPA",
      id: "4A1B2C3D4E",
      user: "alice",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Postfix", "UTC"]
    }
  },
  {
    title: "IPv6",
    lines: [
      "from mail.example.com (mail.example.com [IPv6:2001:db8:0:1::25])",
      "\tby mx.example.org (Postfix) with ESMTPS id 4FqK1z2Dkqz3x",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "2001:db8:0:1::25" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      id: "4FqK1z2Dkqz3x",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "a local user, by sendmail(1)",
    lines: [
      "by host.example.com (Postfix, from userid 1000)",
      "\tid 3F1B25A7C; Fri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      by: { name: "host.example.com" },
      id: "3F1B25A7C",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Postfix, from userid 1000", "UTC"]
    }
  },
  {
    title: "a filter on the same host",
    lines: [
      "from localhost (localhost [127.0.0.1])",
      "\tby mx.example.org (Postfix) with ESMTP id 5C0AA400B2",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "localhost", reverse: "localhost", address: "127.0.0.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "5C0AA400B2",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "a filter, over IPv6",
    lines: [
      "from mx.example.org (localhost [IPv6:::1])",
      "\tby lists.example.org (Postfix) with ESMTP id 6D1BB511C3;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "mx.example.org", reverse: "localhost", address: "::1" },
      by: { name: "lists.example.org" },
      with: "ESMTP",
      id: "6D1BB511C3",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "SMTPUTF8",
    lines: [
      "from bücher.example (bücher.example [192.0.2.1])",
      "\tby mx.example.org (Postfix) with UTF8SMTPS id 4FqK1z2Dkqz3x",
      "\tfor <jürgen@bücher.example>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "bücher.example", reverse: "bücher.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "UTF8SMTPS",
      id: "4FqK1z2Dkqz3x",
      for: ["jürgen@bücher.example"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Postfix", "CET"]
    }
  },
  {
    title: "LMTP to a store over a Unix socket",
    lines: [
      "from mx.example.org (unix [::1])",
      "\tby store.example.org with LMTP id 4FqK1z2Dkqz3x; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org", reverse: "unix", address: "::1" },
      by: { name: "store.example.org" },
      with: "LMTP",
      id: "4FqK1z2Dkqz3x",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "no IP address at all",
    lines: [
      "from unknown (unknown [unknown])",
      "\tby mx.example.org (Postfix) with SMTP id 4FqK1z2Dkqz3x;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "unknown" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "4FqK1z2Dkqz3x",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["unknown [unknown]", "Postfix", "CET"]
    }
  },
  {
    title: "a system's name behind the product's",
    lines: [
      "from client.example (client.example [192.0.2.1]) by mx.example.org (8.14.0/Postfix, Debian/GNU) with ESMTP id EE4F0 for <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "EE4F0",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.14.0/Postfix, Debian/GNU", "CET"]
    }
  },
  {
    title: "XCLIENT: the port is known",
    lines: [
      "from client.example (host.example.com [192.0.2.1]:49152)",
      "\tby mx.example.org (Postfix) with ESMTP id 4FqK1z2Dkqz3x; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "4FqK1z2Dkqz3x",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["[192.0.2.1]:49152", "Postfix", "CET"]
    }
  }
]

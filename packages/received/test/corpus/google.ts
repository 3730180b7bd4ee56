import type { Entry } from "./entry.js"

export const google: ReadonlyArray<Entry> = [
  {
    title: "between its own hosts, by an IPv6 address",
    lines: [
      "by 2002:a05:6a00:1234:b0:4c8:7d6e:5f43 with SMTP id x19csp1234567pfm;",
      "        Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      by: {
        name: "2002:a05:6a00:1234:b0:4c8:7d6e:5f43",
        address: "2002:a05:6a00:1234:b0:4c8:7d6e:5f43"
      },
      with: "SMTP",
      id: "x19csp1234567pfm",
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "from outside, with TLS",
    lines: [
      "from mail.example.com (mail.example.com. [192.0.2.1])",
      "        by mx.example.org with ESMTPS id d2e1a72fcca58-7f1234567si123456b3a.12.2026.11.20.02.00.00",
      "        for <bob@example.org>",
      "        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);",
      "        Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS1_3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "d2e1a72fcca58-7f1234567si123456b3a.12.2026.11.20.02.00.00",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "from its own network",
    lines: [
      "from mail-sor-f41.example.com (mail-sor-f41.example.com. [192.0.2.41])",
      "        by mx.example.org with SMTPS id q9sor1234567pfx.12.2026.11.20.02.00.00",
      "        for <bob@example.org>",
      "        (Google Transport Security);",
      "        Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: {
        name: "mail-sor-f41.example.com",
        reverse: "mail-sor-f41.example.com",
        address: "192.0.2.41"
      },
      by: { name: "mx.example.org" },
      with: "SMTPS",
      id: "q9sor1234567pfx.12.2026.11.20.02.00.00",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["Google Transport Security", "PST"]
    }
  },
  {
    title: "submission",
    lines: [
      "from [198.51.100.7] (dsl-7.example.net. [192.0.2.7])",
      "        by smtp.example.com with ESMTPSA id 98e67ed59e1d1-2ab12345678sm1234567a91.1.2026.11.20.02.00.00",
      "        for <bob@example.org>",
      "        (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);",
      "        Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "[198.51.100.7]", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLS1_3", cipher: "TLS_AES_128_GCM_SHA256", bits: 128 },
      id: "98e67ed59e1d1-2ab12345678sm1234567a91.1.2026.11.20.02.00.00",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "from the web",
    lines: [
      "by mail-lf1-f51.example.com with SMTP id 2adb3069b0e04-594abcdef12so1234567e87.1",
      "        for <bob@example.org>; Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      by: { name: "mail-lf1-f51.example.com" },
      with: "SMTP",
      id: "2adb3069b0e04-594abcdef12so1234567e87.1",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "from the web, of old",
    lines: [
      "by 192.0.2.51 with HTTP; Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      by: { name: "192.0.2.51", address: "192.0.2.51" },
      other: "HTTP",
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "from the API",
    lines: [
      "from 123456789012 named unknown by gmailapi.example.com with HTTPREST; Fri, 20 Nov 2026 02:00:00 -0800"
    ],
    expect: {
      from: { name: "123456789012" },
      by: { name: "gmailapi.example.com" },
      other: "HTTPREST",
      date: "2026-11-20T02:00:00-08:00",
      rest: ["named unknown"]
    }
  },
  {
    title: "a client without a name in the DNS, over IPv6",
    lines: [
      "from client.example ([2001:db8::7])",
      "        by mx.example.org with ESMTP id k8si1234567.45.2026.11.20.02.00.00",
      "        for <bob@example.org>;",
      "        Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "client.example", address: "2001:db8::7" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "k8si1234567.45.2026.11.20.02.00.00",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "one line, TLS 1.2 with old names",
    lines: [
      "from mail.example.com (mail.example.com. [2001:db8::25]) by mx.example.org with ESMTPS id k8si1234567.45 for <bob@example.org> (version=TLS1_2 cipher=ECDHE-RSA-AES128-GCM-SHA256 bits=128/128); Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "2001:db8::25" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS1_2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", bits: 128 },
      id: "k8si1234567.45",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "a best guess about the address",
    lines: [
      "from mail.example.com (localhost [192.0.2.1]) by smtp-relay.example.com with ESMTPS id ab12sm34567.1.2026.11.20.02.00.00 for <bob@example.org> (version=TLS1_2 cipher=ECDHE-ECDSA-AES128-GCM-SHA256 bits=128/128); Fri, 20 Nov 2026 02:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "localhost", address: "192.0.2.1" },
      by: { name: "smtp-relay.example.com" },
      with: "ESMTPS",
      tls: { version: "TLS1_2", cipher: "ECDHE-ECDSA-AES128-GCM-SHA256", bits: 128 },
      id: "ab12sm34567.1.2026.11.20.02.00.00",
      for: ["bob@example.org"],
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  }
]

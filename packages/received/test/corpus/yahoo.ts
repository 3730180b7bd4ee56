import type { Entry } from "./entry.js"

export const yahoo: ReadonlyArray<Entry> = [
  {
    title: "from outside",
    lines: [
      "from 192.0.2.1  (EHLO mail.example.com)",
      " by 198.51.100.24 with SMTPs",
      " (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384);",
      " Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "mail.example.com", address: "192.0.2.1" },
      by: { name: "198.51.100.24", address: "198.51.100.24" },
      with: "SMTPS",
      tls: { version: "TLS1_3", cipher: "TLS_AES_256_GCM_SHA384" },
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "between its own hosts, by HTTP",
    lines: [
      "from sonic.gate.mail.example.com by sonic305.consmr.mail.example.com with HTTP; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "sonic.gate.mail.example.com" },
      by: { name: "sonic305.consmr.mail.example.com" },
      other: "HTTP",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "submission, with the id in capitals",
    lines: [
      "by hermes--production-1.example.com (Yahoo Inc. Hermes SMTP Server) with ESMTPA ID 0123456789abcdef0123456789abcdef;",
      "          Fri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      by: { name: "hermes--production-1.example.com" },
      with: "ESMTPA",
      id: "0123456789abcdef0123456789abcdef",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Yahoo Inc. Hermes SMTP Server", "UTC"]
    }
  },
  {
    title: "of old, with a private protocol",
    lines: [
      "from [192.0.2.1] by nm1.bullet.mail.example.com with NNFMP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "[192.0.2.1]", address: "192.0.2.1" },
      by: { name: "nm1.bullet.mail.example.com" },
      other: "NNFMP",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "of old, submission",
    lines: [
      "from laptop (alice@192.0.2.7 with plain)",
      "        by smtp101.mail.example.com with SMTP; 20 Nov 2026 02:00:00 -0800 PST"
    ],
    expect: {
      from: { name: "laptop", address: "192.0.2.7" },
      by: { name: "smtp101.mail.example.com" },
      with: "SMTP",
      date: "2026-11-20T02:00:00-08:00",
      notes: ["alice@192.0.2.7 with plain", "PST"]
    }
  },
  {
    title: "of old, the web",
    lines: [
      "from [192.0.2.7] by web101.mail.example.com via HTTP; Fri, 20 Nov 2026 02:00:00 PST"
    ],
    expect: {
      from: { name: "[192.0.2.7]", address: "192.0.2.7" },
      by: { name: "web101.mail.example.com" },
      via: "HTTP",
      date: "2026-11-20T02:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "of old, from outside",
    lines: [
      "from 127.0.0.1  (EHLO mail.example.com) (192.0.2.1)",
      "  by mta101.mail.example.com with SMTP; Fri, 20 Nov 2026 02:00:00 -0800"
    ],
    expect: {
      from: { name: "mail.example.com", address: "192.0.2.1" },
      by: { name: "mta101.mail.example.com" },
      with: "SMTP",
      date: "2026-11-20T02:00:00-08:00"
    }
  },
  {
    title: "a web client's user",
    lines: [
      "from web.example.com by web.example.com; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "web.example.com" },
      by: { name: "web.example.com" },
      date: "2026-11-20T10:00:00+00:00"
    }
  }
]

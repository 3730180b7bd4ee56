import type { Entry } from "./entry.js"

export const qmail: ReadonlyArray<Entry> = [
  {
    title: "from the network, in a comment alone",
    lines: [
      "(qmail 4711 invoked from network); 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      date: "2026-11-20T10:00:00-00:00",
      notes: ["qmail 4711 invoked from network"]
    }
  },
  {
    title: "by a user",
    lines: [
      "(qmail 4711 invoked by uid 1000); 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      date: "2026-11-20T10:00:00-00:00",
      notes: ["qmail 4711 invoked by uid 1000"]
    }
  },
  {
    title: "SMTP, the HELO differs from the name in the DNS",
    lines: [
      "from host.example.com (HELO client.example) (192.0.2.1)",
      "  by mx.example.org with SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "SMTP, no name in the DNS",
    lines: [
      "from unknown (HELO client.example) (192.0.2.1)",
      "  by mx.example.org with SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "SMTP, the same name twice is written once",
    lines: [
      "from host.example.com (192.0.2.1)",
      "  by mx.example.org with SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "ident",
    lines: [
      "from unknown (HELO client.example) (alice@192.0.2.1)",
      "  by 0 with SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "0" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["alice@192.0.2.1"]
    }
  },
  {
    title: "the HELO that a Windows client makes up",
    lines: [
      "from unknown (HELO ?192.0.2.7?) (192.0.2.7)",
      "  by mx.example.org with SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "?192.0.2.7?", address: "192.0.2.7" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "AUTH",
    lines: [
      "from unknown (HELO laptop) (alice@example.com@192.0.2.7)",
      "  by mx.example.org with ESMTPA; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "laptop", address: "192.0.2.7" },
      by: { name: "mx.example.org" },
      with: "ESMTPA",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["alice@example.com@192.0.2.7"]
    }
  },
  {
    title: "TLS, named in front of the protocol",
    lines: [
      "from host.example.com (HELO client.example) (192.0.2.1)",
      "  by mx.example.org with (DHE-RSA-AES256-SHA encrypted) SMTP; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      tls: { cipher: "DHE-RSA-AES256-SHA" },
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "TLS, by notqmail",
    lines: [
      "from host.example.com (HELO client.example) (192.0.2.1)",
      "  by mx.example.org with (TLS_AES_256_GCM_SHA384 encrypted) ESMTPS; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { cipher: "TLS_AES_256_GCM_SHA384" },
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "simscan",
    lines: [
      "by simscan 1.4.0 ppid: 4711, pid: 4712, t: 0.1234s",
      "         scanners: attach: 1.4.0 clamav: 0.103.2/m:59/d:26000; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      by: { name: "simscan" },
      date: "2026-11-20T10:00:00-00:00",
      rest: [
        "1.4.0 ppid: 4711, pid: 4712, t: 0.1234s scanners: attach: 1.4.0 clamav: 0.103.2/m:59/d:26000"
      ]
    }
  },
  {
    title: "qmail-scanner",
    lines: [
      "from 192.0.2.1 by mx.example.org (envelope-from <alice@example.com>, uid 89) with qmail-scanner-2.01",
      " (clamdscan: 0.95.2/12034. spamassassin: 3.2.5. perlscan: 2.01.",
      " Clear:RC:0(192.0.2.1):SA:0(1.2/5.0):.",
      " Processed in 1.234 secs); 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "192.0.2.1", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "qmail-scanner-2.01",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00-00:00",
      notes: [
        "uid 89",
        "clamdscan: 0.95.2/12034. spamassassin: 3.2.5. perlscan: 2.01. Clear:RC:0(192.0.2.1):SA:0(1.2/5.0):. Processed in 1.234 secs"
      ]
    }
  },
  {
    title: "qpsmtpd",
    lines: [
      "from client.example (HELO client.example) (192.0.2.1)",
      "    by mx.example.org (qpsmtpd/0.96) with ESMTPS (DHE-RSA-AES256-SHA encrypted); Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { cipher: "DHE-RSA-AES256-SHA" },
      date: "2026-11-20T10:00:00+01:00",
      notes: ["qpsmtpd/0.96"]
    }
  },
  {
    title: "vpopmail's delivery, by mini-qmail",
    lines: [
      "from alice@example.com by host.example.com by uid 0 with qmail-scanner-1.16 (Clear:. Processed in 0.3 secs); 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "alice@example.com" },
      by: { name: "host.example.com" },
      other: "qmail-scanner-1.16",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["Clear:. Processed in 0.3 secs"],
      rest: ["by uid 0"]
    }
  }
]

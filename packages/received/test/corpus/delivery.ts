import type { Entry } from "./entry.js"

export const delivery: ReadonlyArray<Entry> = [
  {
    title: "Dovecot's LMTP",
    lines: [
      "from mx.example.org",
      "\tby store.example.org with LMTP",
      "\tid QLXkFrChyGBqXAAAsNZ9tg",
      "\t(envelope-from <alice@example.com>)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org" },
      by: { name: "store.example.org" },
      with: "LMTP",
      id: "QLXkFrChyGBqXAAAsNZ9tg",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "Dovecot's LMTP with its address, and TLS",
    lines: [
      "from mx.example.org ([192.0.2.25])",
      "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))",
      "\tby store.example.org with LMTPS",
      "\tid QLXkFrChyGBqXAAAsNZ9tg:P1",
      "\t(envelope-from <alice@example.com>)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org", address: "192.0.2.25" },
      by: { name: "store.example.org" },
      with: "LMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "QLXkFrChyGBqXAAAsNZ9tg:P1",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "Dovecot of old",
    lines: [
      "from mx.example.org",
      "\tby store.example.org (Dovecot) with LMTP id QLXkFrChyGBqXAAAsNZ9tg",
      "\t; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org" },
      by: { name: "store.example.org" },
      with: "LMTP",
      id: "QLXkFrChyGBqXAAAsNZ9tg",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Dovecot"]
    }
  },
  {
    title: "Cyrus, over a Unix socket",
    lines: [
      "from mx.example.org ([unix socket])",
      "\t by imap.example.org (Cyrus v2.4.17-Fedora-RPM-2.4.17-15.el7) with LMTPA;",
      "\t Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org" },
      by: { name: "imap.example.org" },
      with: "LMTPA",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["[unix socket]", "Cyrus v2.4.17-Fedora-RPM-2.4.17-15.el7"]
    }
  },
  {
    title: "Cyrus, with TLS and AUTH",
    lines: [
      "from mx.example.org (mx.example.org [192.0.2.25])",
      "\t by imap.example.org (Cyrus 3.4.2-dirty) with LMTPSA",
      "\t (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256 verify=YES);",
      "\t Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org", reverse: "mx.example.org", address: "192.0.2.25" },
      by: { name: "imap.example.org" },
      with: "LMTPSA",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Cyrus 3.4.2-dirty", "verify=YES"]
    }
  },
  {
    title: "amavis",
    lines: [
      "from mx.example.org ([127.0.0.1])",
      "\tby localhost (mx.example.org [127.0.0.1]) (amavisd-new, port 10024)",
      "\twith ESMTP id a1b2C3d4E5f6 for <bob@example.org>;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "mx.example.org", address: "127.0.0.1" },
      by: { name: "localhost", reverse: "mx.example.org", address: "127.0.0.1" },
      with: "ESMTP",
      id: "a1b2C3d4E5f6",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["amavisd-new, port 10024", "CET"]
    }
  },
  {
    title: "amavis, LMTP",
    lines: [
      "from mx.example.org ([127.0.0.1])",
      "\tby localhost (mx.example.org [127.0.0.1]) (amavis, port 10024) with LMTP",
      "\tid a1b2C3d4E5f6; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "mx.example.org", address: "127.0.0.1" },
      by: { name: "localhost", reverse: "mx.example.org", address: "127.0.0.1" },
      with: "LMTP",
      id: "a1b2C3d4E5f6",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["amavis, port 10024", "CET"]
    }
  },
  {
    title: "fetchmail, IMAP",
    lines: [
      "from imap.example.com [192.0.2.143]",
      "\tby localhost with IMAP (fetchmail-6.4.37)",
      "\tfor <bob@localhost> (single-drop); Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "imap.example.com", address: "192.0.2.143" },
      by: { name: "localhost" },
      other: "IMAP",
      for: ["bob@localhost"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["fetchmail-6.4.37", "single-drop", "CET"]
    }
  },
  {
    title: "fetchmail, POP3 with several drops",
    lines: [
      "from pop.example.com [192.0.2.110]",
      "\tby host.example.org with POP3 (fetchmail-6.3.26)",
      "\tfor bob (multi-drop); Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "pop.example.com", address: "192.0.2.110" },
      by: { name: "host.example.org" },
      other: "POP3",
      for: ["bob"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["fetchmail-6.3.26", "multi-drop", "CET"]
    }
  },
  {
    title: "getmail",
    lines: [
      "by host.example.org (getmail 5.14) with POP3-SSL; 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      by: { name: "host.example.org" },
      other: "POP3-SSL",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["getmail 5.14"]
    }
  },
  {
    title: "getmail, from where",
    lines: [
      "from pop.example.com (192.0.2.110) by host.example.org (getmail6 6.18.11) with POP3; 20 Nov 2026 09:00:00 -0000"
    ],
    expect: {
      from: { name: "pop.example.com", address: "192.0.2.110" },
      by: { name: "host.example.org" },
      other: "POP3",
      date: "2026-11-20T09:00:00-00:00",
      notes: ["getmail6 6.18.11"]
    }
  },
  {
    title: "mpop",
    lines: [
      "from pop.example.com ([192.0.2.110]) by host.example.org with POP3; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "pop.example.com", address: "192.0.2.110" },
      by: { name: "host.example.org" },
      other: "POP3",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "SpamAssassin",
    lines: [
      "from localhost by spam.example.org",
      "\twith SpamAssassin (version 3.4.2);",
      "\tFri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "localhost" },
      by: { name: "spam.example.org" },
      other: "SpamAssassin",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["version 3.4.2"]
    }
  },
  {
    title: "DSPAM",
    lines: [
      "from mx.example.org by mx.example.org with DSPAM LMTP (3.10.2); Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "mx.example.org" },
      by: { name: "mx.example.org" },
      other: "DSPAM LMTP",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["3.10.2"]
    }
  },
  {
    title: "Sieve's redirect by Dovecot, with a word that nobody knows",
    lines: [
      "from store.example.org by store.example.org with LMTP id abc XFORWARD for <carol@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "store.example.org" },
      by: { name: "store.example.org" },
      with: "LMTP",
      id: "abc",
      for: ["carol@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      rest: ["XFORWARD"]
    }
  },
  {
    title: "ASSP",
    lines: [
      "from client.example ([192.0.2.1] helo=client.example) by",
      "\tgate.example.org with SMTP (2.6.3); 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "client.example", address: "192.0.2.1" },
      by: { name: "gate.example.org" },
      with: "SMTP",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["2.6.3"]
    }
  }
]

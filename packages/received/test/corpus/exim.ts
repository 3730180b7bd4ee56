import type { Entry } from "./entry.js"

export const exim: ReadonlyArray<Entry> = [
  {
    title: "esmtps, the HELO differs from the name in the DNS",
    lines: [
      "from host.example.com ([192.0.2.1] helo=client.example)",
      "\tby mx.example.org with esmtps (TLS1.3:TLS_AES_256_GCM_SHA384:256)",
      "\t(Exim 4.94.2)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.94.2"]
    }
  },
  {
    title: "the tls clause, with TLS 1.3",
    lines: [
      "from mail.example.com ([192.0.2.1])",
      "\tby mx.example.org with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384",
      "\t(Exim 4.96)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1p8wXW-00AbCd-0r",
      "\tfor bob@example.org;",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "mail.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS1.3", cipher: "TLS_AES_256_GCM_SHA384" },
      id: "1p8wXW-00AbCd-0r",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.96"]
    }
  },
  {
    title: "no name in the DNS, the HELO is another address",
    lines: [
      "from [192.0.2.1] (helo=[198.51.100.9])",
      "\tby mx.example.org with esmtp (Exim 4.92)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "[192.0.2.1]", address: "198.51.100.9" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "1kg2Xa-0005Mq-Sr",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["helo=", "Exim 4.92"]
    }
  },
  {
    title: "the port, as +incoming_port asks for",
    lines: [
      "from [192.0.2.1] (port=49152 helo=client.example)",
      "\tby mx.example.org with esmtp (Exim 4.92)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["port=49152", "Exim 4.92"]
    }
  },
  {
    title: "the port, behind the address",
    lines: [
      "from host.example.com ([192.0.2.1]:49152 helo=client.example)",
      "\tby mx.example.org with esmtpsa (TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256)",
      "\t(Exim 4.92) (envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr for bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPSA",
      tls: { version: "TLS1.2", cipher: "ECDHE_RSA_AES_256_GCM_SHA384", bits: 256 },
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["[192.0.2.1]:49152", "Exim 4.92"]
    }
  },
  {
    title: "a local user",
    lines: [
      "from alice by host.example.com with local (Exim 4.94.2)",
      "\t(envelope-from <alice@host.example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "alice" },
      by: { name: "host.example.com" },
      other: "local",
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@host.example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.94.2"]
    }
  },
  {
    title: "the daemon's own user, and the null sender",
    lines: [
      "from Debian-exim by host.example.com with local (Exim 4.94.2)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\t(envelope-from <>)",
      "\tfor alice@example.com; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "Debian-exim" },
      by: { name: "host.example.com" },
      other: "local",
      id: "1kg2Xa-0005Mq-Sr",
      for: ["alice@example.com"],
      sender: "",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.94.2"]
    }
  },
  {
    title: "several recipients",
    lines: [
      "from host.example.com ([192.0.2.1])",
      "\tby mx.example.org with esmtp (Exim 4.92)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org carol@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org", "carol@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.92"]
    }
  },
  {
    title: "ident, as asked on port 113",
    lines: [
      "from host.example.com ([192.0.2.1] helo=client.example ident=alice)",
      "\tby mx.example.org with smtp (Exim 3.36 #1 (Debian))",
      "\tid 1kg2Xa-0005Mq-00; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "1kg2Xa-0005Mq-00",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["ident=alice", "Exim 3.36 #1 (Debian)"]
    }
  },
  {
    title: "authenticated, with the old name of it",
    lines: [
      "from host.example.com ([192.0.2.1] helo=client.example)",
      "\tby mx.example.org with asmtp (TLSv1:RC4-MD5:128)",
      "\t(Exim 4.34)",
      "\tid 1kg2Xa-0005Mq-Sr; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "asmtp",
      tls: { version: "TLSv1", cipher: "RC4-MD5", bits: 128 },
      id: "1kg2Xa-0005Mq-Sr",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.34"]
    }
  },
  {
    title: "TLS by GnuTLS",
    lines: [
      "from host.example.com ([192.0.2.1])",
      "\tby mx.example.org with esmtps (TLS1.2:ECDHE_RSA_SECP256R1__RSA_SHA512__AES_256_GCM:256)",
      "\t(Exim 4.92.3)",
      "\t(envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS1.2", cipher: "ECDHE_RSA_SECP256R1__RSA_SHA512__AES_256_GCM", bits: 256 },
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.92.3"]
    }
  },
  {
    title: "SMTPUTF8, as Exim spells it",
    lines: [
      "from host.example.com ([2001:db8::25])",
      "\tby mx.example.org with utf8esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384",
      "\t(Exim 4.95)",
      "\t(envelope-from <jürgen@bücher.example>)",
      "\tid 1mXyZa-000AbC-De for bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "host.example.com", address: "2001:db8::25" },
      by: { name: "mx.example.org" },
      with: "UTF8SMTPS",
      tls: { version: "TLS1.3", cipher: "TLS_AES_256_GCM_SHA384" },
      id: "1mXyZa-000AbC-De",
      for: ["bob@example.org"],
      sender: "jürgen@bücher.example",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Exim 4.95"]
    }
  }
]

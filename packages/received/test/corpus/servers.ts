import type { Entry } from "./entry.js"

export const servers: ReadonlyArray<Entry> = [
  {
    title: "Haraka, TLS and AUTH",
    lines: [
      "from client.example (dsl-7.example.net [192.0.2.7])",
      "\tby smtp.example.com (Haraka/3.0.3) with ESMTPSA id 2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      "\tenvelope-from <alice@example.com>",
      "\ttls TLS_AES_256_GCM_SHA384 (authenticated bits=0)",
      "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 verify=NONE);",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
      id: "2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Haraka/3.0.3", "authenticated bits=0", "verify=NONE"]
    }
  },
  {
    title: "Haraka, the cipher alone",
    lines: [
      "from client.example (Unknown [192.0.2.1])",
      "\tby mx.example.org (Haraka/2.8.27) with ESMTPS id 2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      "\tenvelope-from <alice@example.com>",
      "\t(cipher=TLS_AES_256_GCM_SHA384);",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { cipher: "TLS_AES_256_GCM_SHA384" },
      id: "2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Haraka/2.8.27"]
    }
  },
  {
    title: "Haraka, clear text and the null sender",
    lines: [
      "from client.example (client.example [192.0.2.1])",
      "\tby mx.example.org (Haraka/2.8.25) with SMTP id 2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      "\tenvelope-from <>;",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      sender: "",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Haraka/2.8.25"]
    }
  },
  {
    title: "Haraka, TLS of old",
    lines: [
      "from client.example (client.example [192.0.2.1])",
      "\tby mx.example.org (Haraka/2.8.13) with ESMTPS id 2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      "\tenvelope-from <alice@example.com>",
      "\t(version=TLSv1/SSLv3 cipher=ECDHE-RSA-AES128-GCM-SHA256 verify=FAIL);",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1/SSLv3", cipher: "ECDHE-RSA-AES128-GCM-SHA256" },
      id: "2C5E8A41-8F3E-4B8B-9B0E-1F2D3C4B5A69.1",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Haraka/2.8.13", "verify=FAIL"]
    }
  },
  {
    title: "Stalwart",
    lines: [
      "from client.example (host.example.com [192.0.2.1] (AS64500 Example Net, DE))",
      "\t(using TLSv1.3 with cipher TLS13_AES_256_GCM_SHA384)",
      "\tby mx.example.org (Stalwart SMTP) with ESMTPS id 31A6C9F2E000001;",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS13_AES_256_GCM_SHA384" },
      id: "31A6C9F2E000001",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["(AS64500 Example Net, DE)", "Stalwart SMTP"]
    }
  },
  {
    title: "Stalwart, clear text, no name in the DNS",
    lines: [
      "from client.example (unknown [192.0.2.1])",
      "\tby mx.example.org (Stalwart SMTP) with ESMTP id 31A6C9F2E000001;",
      "\tFri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "31A6C9F2E000001",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["Stalwart SMTP"]
    }
  },
  {
    title: "OpenSMTPD, TLS",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org (OpenSMTPD) with ESMTPS id 1a2b3c4d (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)",
      "\tfor <bob@example.org>;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "1a2b3c4d",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["OpenSMTPD", "TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO", "CET"]
    }
  },
  {
    title: "OpenSMTPD, who has logged in",
    lines: [
      "from laptop.local (dsl-7.example.net [192.0.2.7])",
      "\tby smtp.example.com (OpenSMTPD) with ESMTPSA id 1a2b3c4d (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256:NO) auth=yes user=alice",
      "\tfor <bob@example.org>;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "laptop.local", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      id: "1a2b3c4d",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["OpenSMTPD", "TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256:NO", "CET"],
      rest: ["auth=yes user=alice"]
    }
  },
  {
    title: "OpenSMTPD, a local user",
    lines: [
      "from localhost (host.example.com [local])",
      "\tby host.example.com (OpenSMTPD) with ESMTPA id 1a2b3c4d",
      "\tfor <bob@example.org>;",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "localhost" },
      by: { name: "host.example.com" },
      with: "ESMTPA",
      id: "1a2b3c4d",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["host.example.com [local]", "OpenSMTPD", "CET"]
    }
  },
  {
    title: "Courier, TLS",
    lines: [
      "from client.example (host.example.com [::ffff:192.0.2.1])",
      "  (TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384)",
      "  by mx.example.org with ESMTPS",
      "  id 00000000000A1B2C.000000005FB7A1B0.00001234; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "00000000000A1B2C.000000005FB7A1B0.00001234",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "Courier, AUTH and TLS",
    lines: [
      "from laptop.local (dsl-7.example.net [192.0.2.7])",
      "  (AUTH: PLAIN alice, TLS: TLSv1.2,128bits,ECDHE-RSA-AES128-GCM-SHA256)",
      "  by smtp.example.com with ESMTPSA",
      "  id 00000000000A1B2C.000000005FB7A1B0.00001234; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "laptop.local", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", bits: 128 },
      id: "00000000000A1B2C.000000005FB7A1B0.00001234",
      user: "alice",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "Courier, a local user",
    lines: [
      "from alice (uid 1000)",
      "  (envelope-from alice@host.example.com)",
      "  by host.example.com with local",
      "  id 00000000000A1B2C.000000005FB7A1B0.00001234; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "alice" },
      by: { name: "host.example.com" },
      other: "local",
      id: "00000000000A1B2C.000000005FB7A1B0.00001234",
      sender: "alice@host.example.com",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["uid 1000"]
    }
  },
  {
    title: "maddy",
    lines: [
      "from client.example (host.example.com [192.0.2.1]) by mx.example.org",
      " (envelope-sender <alice@example.com>) with ESMTPS id 1a2b3c4d; Fri, 20 Nov",
      " 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      id: "1a2b3c4d",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "chasquid",
    lines: [
      "from client.example",
      "\tby mx.example.org (chasquid) with ESMTPS",
      "\ttls TLS_AES_128_GCM_SHA256",
      "\t(over SMTP, TLS-1.3, envelope from \"alice@example.com\")",
      "\t; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLS-1.3", cipher: "TLS_AES_128_GCM_SHA256" },
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["chasquid", "over SMTP"]
    }
  },
  {
    title: "ZoneMTA",
    lines: [
      "from laptop.local ([192.0.2.7])",
      " (Authenticated sender: alice)",
      " by zone.example.com (ZoneMTA) with ESMTPSA id 17e1a2b3c4d000a1b2.001",
      " for <bob@example.org>",
      " (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384);",
      " Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "laptop.local", address: "192.0.2.7" },
      by: { name: "zone.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
      id: "17e1a2b3c4d000a1b2.001",
      for: ["bob@example.org"],
      user: "alice",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["ZoneMTA"]
    }
  },
  {
    title: "CommuniGate",
    lines: [
      "from [192.0.2.7] (account alice@example.com HELO [198.51.100.7])",
      "  by smtp.example.com (CommuniGate Pro SMTP 6.2.14)",
      "  with ESMTPSA id 12345678 for bob@example.org; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "[198.51.100.7]", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      id: "12345678",
      for: ["bob@example.org"],
      user: "alice@example.com",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["CommuniGate Pro SMTP 6.2.14"]
    }
  },
  {
    title: "CommuniGate, the web",
    lines: [
      "from [192.0.2.7] (account alice)",
      "  by smtp.example.com (CommuniGate Pro WEBUSER 5.2.3)",
      "  with HTTP id 12345678 for bob@example.org; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "[192.0.2.7]", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      other: "HTTP",
      id: "12345678",
      for: ["bob@example.org"],
      user: "alice",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["CommuniGate Pro WEBUSER 5.2.3"]
    }
  },
  {
    title: "Kerio",
    lines: [
      "from client.example ([192.0.2.1])",
      "\t(authenticated user alice@example.com)",
      "\tby mx.example.org (Kerio Connect 9.2.7) with ESMTPSA",
      "\t(using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256 bits))",
      "\tfor bob@example.org;",
      "\tFri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      for: ["bob@example.org"],
      user: "alice@example.com",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Kerio Connect 9.2.7"]
    }
  },
  {
    title: "MDaemon",
    lines: [
      "from client.example (192.0.2.1) by mx.example.org (MDaemon PRO v20.0.3) ",
      "\twith ESMTPS id md50001234567.msg for <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      id: "md50001234567.msg",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["MDaemon PRO v20.0.3"]
    }
  },
  {
    title: "hMailServer",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org with ESMTPSA",
      "\t(version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256)",
      "\t; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "Apache James",
    lines: [
      "from 192.0.2.1 (EHLO client.example) ([192.0.2.1])",
      "          by mx.example.org (JAMES SMTP Server ) with ESMTP ID 1234567",
      "          for <bob@example.org>;",
      "          Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "1234567",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["JAMES SMTP Server", "CET"]
    }
  },
  {
    title: "Lotus Domino",
    lines: [
      "from client.example ([192.0.2.1])",
      "          by mx.example.org (Lotus Domino Release 8.5.3FP6)",
      "          with ESMTP id 2026112010000012-34567 ;",
      "          Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "2026112010000012-34567",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Lotus Domino Release 8.5.3FP6"]
    }
  },
  {
    title: "GroupWise",
    lines: [
      "from EXAMPLE-MTA by mail.example.com",
      "\twith Novell_GroupWise; Fri, 20 Nov 2026 10:00:00 -0700"
    ],
    expect: {
      from: { name: "EXAMPLE-MTA" },
      by: { name: "mail.example.com" },
      other: "Novell_GroupWise",
      date: "2026-11-20T10:00:00-07:00"
    }
  },
  {
    title: "MailEnable, a protocol of two words",
    lines: [
      "from client.example ([192.0.2.1]) by mx.example.org with MailEnable ESMTP; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "MailEnable ESMTP",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "SmarterMail",
    lines: [
      "from host.example.com (host.example.com [192.0.2.1]) by mx.example.org with SMTP",
      "\t(version=TLS\\Tls12",
      "\tcipher=Aes256 bits=256);",
      "   Fri, 20 Nov 2026 10:00:00 -0700"
    ],
    expect: {
      from: { name: "host.example.com", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      tls: { version: "TLS\\Tls12", cipher: "Aes256", bits: 256 },
      date: "2026-11-20T10:00:00-07:00"
    }
  },
  {
    title: "Oracle Messaging Server, the id is a message identifier",
    lines: [
      "from laptop.local (dsl-7.example.net [192.0.2.7])",
      " by mail.example.com (Oracle Communications Messaging Server 8.0.2.2.20180531",
      " 64bit (built May 31 2018))",
      " with ESMTPSA id <0QK300ABCDEFGH00@mail.example.com> for bob@example.org; Fri,",
      " 20 Nov 2026 10:00:00 +0000 (GMT)"
    ],
    expect: {
      from: { name: "laptop.local", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "mail.example.com" },
      with: "ESMTPSA",
      id: "<0QK300ABCDEFGH00@mail.example.com>",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: [
        "Oracle Communications Messaging Server 8.0.2.2.20180531 64bit (built May 31 2018)",
        "GMT"
      ]
    }
  },
  {
    title: "Kopano's dagent",
    lines: [
      "from kopano by host.example.com (Kopano Groupware Core 8.7) for <bob@example.org> id 1a2b3c; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "kopano" },
      by: { name: "host.example.com" },
      id: "1a2b3c",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Kopano Groupware Core 8.7"]
    }
  },
  {
    title: "XMail",
    lines: [
      "from client.example (192.0.2.1:3456) by mx.example.org with [XMail 1.27 ESMTP Server] id <S1A2B3> for <bob@example.org> from <alice@example.com>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "[XMail 1.27 ESMTP Server]",
      id: "<S1A2B3>",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["192.0.2.1:3456"],
      rest: ["from <alice@example.com>"]
    }
  }
]

import type { Entry } from "./entry.js"

export const microsoft: ReadonlyArray<Entry> = [
  {
    title: "Exchange Online, between its own hosts",
    lines: [
      "from AM0PR01MB1234.mail.example.com (2001:db8:208:1::10)",
      " by AM0PR01MB5678.mail.example.com (2001:db8:208:2::20) with Microsoft SMTP",
      " Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id",
      " 15.20.3589.20; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "AM0PR01MB1234.mail.example.com", address: "2001:db8:208:1::10" },
      by: { name: "AM0PR01MB5678.mail.example.com", address: "2001:db8:208:2::20" },
      other: "Microsoft SMTP Server",
      tls: { version: "TLS1_2", cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
      id: "15.20.3589.20",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "Exchange Online, mapi between mailbox servers",
    lines: [
      "from AM0PR01MB1234.mail.example.com",
      " ([fe80::1c2d:3e4f:5a6b:7c8d]) by AM0PR01MB1234.mail.example.com",
      " ([fe80::1c2d:3e4f:5a6b:7c8d%7]) with mapi id 15.20.3589.021; Fri, 20 Nov 2026",
      " 10:00:00 +0000"
    ],
    expect: {
      from: { name: "AM0PR01MB1234.mail.example.com", address: "fe80::1c2d:3e4f:5a6b:7c8d" },
      by: { name: "AM0PR01MB1234.mail.example.com", address: "fe80::1c2d:3e4f:5a6b:7c8d%7" },
      other: "mapi",
      id: "15.20.3589.021",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "Exchange Online, the front end",
    lines: [
      "from AM5EUR03FT012.eop-EUR03.mail.example.com",
      " (2001:db8:7e09::203) by AM0PR07CA0026.outlook.example.com",
      " (2001:db8:208:ac::39) with Microsoft SMTP Server (version=TLS1_2,",
      " cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.3611.9 via Frontend",
      " Transport; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "AM5EUR03FT012.eop-EUR03.mail.example.com", address: "2001:db8:7e09::203" },
      by: { name: "AM0PR07CA0026.outlook.example.com", address: "2001:db8:208:ac::39" },
      via: "Frontend Transport",
      other: "Microsoft SMTP Server",
      tls: { version: "TLS1_2", cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
      id: "15.20.3611.9",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "Exchange 2016, the mailbox transport",
    lines: [
      "from EX1.corp.example (192.0.2.11) by EX2.corp.example",
      " (192.0.2.12) with Microsoft SMTP Server (version=TLS1_2,",
      " cipher=TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256) id 15.1.2106.2 via Mailbox",
      " Transport; Fri, 20 Nov 2026 11:00:00 +0100"
    ],
    expect: {
      from: { name: "EX1.corp.example", address: "192.0.2.11" },
      by: { name: "EX2.corp.example", address: "192.0.2.12" },
      via: "Mailbox Transport",
      other: "Microsoft SMTP Server",
      tls: { version: "TLS1_2", cipher: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256" },
      id: "15.1.2106.2",
      date: "2026-11-20T11:00:00+01:00"
    }
  },
  {
    title: "Exchange 2010, TLS without more",
    lines: [
      "from client.example (192.0.2.1) by ex.corp.example (192.0.2.12) with Microsoft",
      " SMTP Server (TLS) id 14.3.123.3; Fri, 20 Nov 2026 11:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "ex.corp.example", address: "192.0.2.12" },
      other: "Microsoft SMTP Server",
      tls: {},
      id: "14.3.123.3",
      date: "2026-11-20T11:00:00+01:00"
    }
  },
  {
    title: "Exchange 2007",
    lines: [
      "from client.example (192.0.2.1) by ex.corp.example (192.0.2.12) with Microsoft",
      " SMTP Server id 8.3.485.1; Fri, 20 Nov 2026 11:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "ex.corp.example", address: "192.0.2.12" },
      other: "Microsoft SMTP Server",
      id: "8.3.485.1",
      date: "2026-11-20T11:00:00+01:00"
    }
  },
  {
    title: "Exchange 2010, mapi",
    lines: [
      "from EX1.corp.example ([192.0.2.11]) by EX2.corp.example ([192.0.2.12]) with mapi;",
      " Fri, 20 Nov 2026 11:00:00 +0100"
    ],
    expect: {
      from: { name: "EX1.corp.example", address: "192.0.2.11" },
      by: { name: "EX2.corp.example", address: "192.0.2.12" },
      other: "mapi",
      date: "2026-11-20T11:00:00+01:00"
    }
  },
  {
    title: "Exchange 2013, mapi with the whole literal",
    lines: [
      "from EX1.corp.example ([fe80::a:b:c:d]) by EX2.corp.example",
      " ([2001:db8::d%12]) with mapi id 14.03.0123.003; Fri, 20 Nov 2026 11:00:00 +0100"
    ],
    expect: {
      from: { name: "EX1.corp.example", address: "fe80::a:b:c:d" },
      by: { name: "EX2.corp.example", address: "2001:db8::d%12" },
      other: "mapi",
      id: "14.03.0123.003",
      date: "2026-11-20T11:00:00+01:00"
    }
  },
  {
    title: "IIS",
    lines: [
      "from client.example ([192.0.2.1]) by mx.example.org with Microsoft SMTPSVC(6.0.3790.4675);",
      "\t Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "Microsoft SMTPSVC",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["6.0.3790.4675"]
    }
  },
  {
    title: "IIS, with the HELO alone",
    lines: [
      "from mail pickup service by host.example.com with Microsoft SMTPSVC;",
      "\t Fri, 20 Nov 2026 10:00:00 -0800"
    ],
    expect: {
      from: { name: "mail" },
      by: { name: "host.example.com" },
      other: "Microsoft SMTPSVC",
      date: "2026-11-20T10:00:00-08:00",
      rest: ["pickup service"]
    }
  },
  {
    title: "Exchange 5.5",
    lines: [
      "by ex.corp.example with Internet Mail Service (5.5.2653.19)",
      "\tid <ABCDEFGH>; Fri, 20 Nov 1998 10:00:00 -0500"
    ],
    expect: {
      by: { name: "ex.corp.example" },
      other: "Internet Mail Service",
      id: "<ABCDEFGH>",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["5.5.2653.19"]
    }
  },
  {
    title: "Exchange 5.5 from outside",
    lines: [
      "from client.example ([192.0.2.1]) by ex.corp.example with SMTP (Microsoft Exchange Internet Mail Service Version 5.5.2653.13)",
      "\tid ABCDEFGH; Fri, 20 Nov 1998 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "ex.corp.example" },
      with: "SMTP",
      id: "ABCDEFGH",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["Microsoft Exchange Internet Mail Service Version 5.5.2653.13"]
    }
  },
  {
    title: "shadow redundancy",
    lines: [
      "from EX1.corp.example (192.0.2.11) by EX2.corp.example",
      " (192.0.2.12) with ShadowRedundancy id 15.1.2106.2; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "EX1.corp.example", address: "192.0.2.11" },
      by: { name: "EX2.corp.example", address: "192.0.2.12" },
      other: "ShadowRedundancy",
      id: "15.1.2106.2",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "a web client of Outlook's",
    lines: [
      "from [192.0.2.7] by bay.mail.example.com with HTTP; Fri, 20 Nov 2026 10:00:00 GMT"
    ],
    expect: {
      from: { name: "[192.0.2.7]", address: "192.0.2.7" },
      by: { name: "bay.mail.example.com" },
      other: "HTTP",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["GMT"]
    }
  },
  {
    title: "Hotmail's front end",
    lines: [
      "from host.example.com ([192.0.2.1]) by BAY004.hotmail.example.com over TLS secured channel with Microsoft SMTPSVC(7.5.7601.22751);",
      "\t Fri, 20 Nov 2026 02:00:00 -0800"
    ],
    expect: {
      from: { name: "host.example.com", address: "192.0.2.1" },
      by: { name: "BAY004.hotmail.example.com" },
      other: "Microsoft SMTPSVC",
      date: "2026-11-20T02:00:00-08:00",
      notes: ["7.5.7601.22751"],
      rest: ["over TLS secured channel"]
    }
  },
  {
    title: "the cloud's gateway for applications",
    lines: [
      "from application.example ([192.0.2.33]) by",
      " AM6EUR.mail.example.com with Microsoft SMTP Server id 15.20.6043.11 via Frontend Transport; Fri, 20 Nov 2026 10:00:00.123 +0000"
    ],
    expect: {
      from: { name: "application.example", address: "192.0.2.33" },
      by: { name: "AM6EUR.mail.example.com" },
      via: "Frontend Transport",
      other: "Microsoft SMTP Server",
      id: "15.20.6043.11",
      date: "2026-11-20T10:00:00.123+00:00"
    }
  }
]

import type { Entry } from "./entry.js"

export const sendmail: ReadonlyArray<Entry> = [
  {
    title: "ESMTP",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.15.2/8.15.2) with ESMTP id 0AKA00f1012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "0AKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.15.2/8.15.2", "CET"]
    }
  },
  {
    title: "a name in the DNS that does not lead back",
    lines: [
      "from client.example (host.example.com [192.0.2.1] (may be forged))",
      "\tby mx.example.org (8.15.2/8.15.2/Debian-14~deb10u1) with ESMTP id 0AKA00f1012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "0AKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["(may be forged)", "8.15.2/8.15.2/Debian-14~deb10u1"]
    }
  },
  {
    title: "TLS",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.17.1/8.17.1) with ESMTPS id 3AKA00f1012345",
      "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 -0800 (PST)"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "3AKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00-08:00",
      notes: ["8.17.1/8.17.1", "verify=NOT", "PST"]
    }
  },
  {
    title: "TLS and AUTH",
    lines: [
      "from laptop.local (dsl-7.example.net [192.0.2.7])",
      "\t(authenticated bits=0)",
      "\tby smtp.example.com (8.17.1/8.17.1) with ESMTPSA id 3AKA00f1012345",
      "\t(version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO);",
      "\tFri, 20 Nov 2026 10:00:00 -0800"
    ],
    expect: {
      from: { name: "laptop.local", reverse: "dsl-7.example.net", address: "192.0.2.7" },
      by: { name: "smtp.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      id: "3AKA00f1012345",
      date: "2026-11-20T10:00:00-08:00",
      notes: ["authenticated bits=0", "8.17.1/8.17.1", "verify=NO"]
    }
  },
  {
    title: "a local user, by the program of submission",
    lines: [
      "(from alice@localhost)",
      "\tby host.example.com (8.17.1/8.17.1/Submit) id 3AKA00f1012345",
      "\tfor bob@example.org; Fri, 20 Nov 2026 10:00:00 -0800"
    ],
    expect: {
      by: { name: "host.example.com" },
      id: "3AKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00-08:00",
      notes: ["from alice@localhost", "8.17.1/8.17.1/Submit"]
    }
  },
  {
    title: "a local user of old",
    lines: [
      "(from daemon@localhost) by host.example.com (8.8.8/8.6.12) id KAA12345; Fri, 20 Nov 1998 10:00:00 -0500 (EST)"
    ],
    expect: {
      by: { name: "host.example.com" },
      id: "KAA12345",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["from daemon@localhost", "8.8.8/8.6.12", "EST"]
    }
  },
  {
    title: "ident",
    lines: [
      "from client.example (IDENT:alice@host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.9.3/8.9.3) with ESMTP id KAA12345",
      "\tfor <bob@example.org>; Fri, 20 Nov 1998 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "KAA12345",
      for: ["bob@example.org"],
      date: "1998-11-20T10:00:00-05:00",
      notes: ["IDENT:alice@host.example.com", "8.9.3/8.9.3"]
    }
  },
  {
    title: "ident without a tag",
    lines: [
      "from client.example (alice@host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.9.3/8.9.3) with SMTP id KAA12345; Fri, 20 Nov 1998 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "KAA12345",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["alice@host.example.com", "8.9.3/8.9.3"]
    }
  },
  {
    title: "no name in the DNS",
    lines: [
      "from client.example ([192.0.2.1])",
      "\tby mx.example.org (8.14.4/8.14.4) with ESMTP id oAKA00f1012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 GMT"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "oAKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: ["8.14.4/8.14.4", "GMT"]
    }
  },
  {
    title: "the loopback with its domain",
    lines: [
      "from localhost (localhost.localdomain [127.0.0.1])",
      "\tby mx.example.org (8.14.4/8.14.4) with ESMTP id oAKA00f1012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 -0500"
    ],
    expect: {
      from: { name: "localhost", reverse: "localhost.localdomain", address: "127.0.0.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "oAKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00-05:00",
      notes: ["8.14.4/8.14.4"]
    }
  },
  {
    title: "IPv6",
    lines: [
      "from client.example ([IPv6:2001:db8:0:0:0:0:0:25])",
      "\tby mx.example.org (8.16.1/8.16.1) with ESMTPS id 0AKA00f1012345",
      "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=OK)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example", address: "2001:db8::25" },
      by: { name: "mx.example.org" },
      with: "ESMTPS",
      tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", bits: 256 },
      id: "0AKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.16.1/8.16.1", "verify=OK", "CET"]
    }
  },
  {
    title: "the HELO is a literal",
    lines: [
      "from [192.0.2.1] (host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.15.2/8.15.2) with SMTP id 0AKA00f1012345; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "[192.0.2.1]", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "0AKA00f1012345",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.15.2/8.15.2"]
    }
  },
  {
    title: "5.67, with the zone's name alone",
    lines: [
      "from host.example.com by mx.example.org (5.67/1.34)",
      "\tid AA12345; Fri, 20 Nov 92 10:00:00 EST"
    ],
    expect: {
      from: { name: "host.example.com" },
      by: { name: "mx.example.org" },
      id: "AA12345",
      date: "1992-11-20T10:00:00-05:00",
      notes: ["5.67/1.34", "EST"]
    }
  },
  {
    title: "4.1 of SunOS",
    lines: [
      "from host.example.com by mx.example.org (4.1/SMI-4.1)",
      "\tid AA12345; Fri, 20 Nov 92 10:00:00 PST"
    ],
    expect: {
      from: { name: "host.example.com" },
      by: { name: "mx.example.org" },
      id: "AA12345",
      date: "1992-11-20T10:00:00-08:00",
      notes: ["4.1/SMI-4.1", "PST"]
    }
  },
  {
    title: "another host's user in a comment, with the address alone",
    lines: [
      "from client.example (192.0.2.1)",
      "\tby mx.example.org (8.12.11/8.12.11) with SMTP id iAKA00012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "iAKA00012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.12.11/8.12.11"]
    }
  },
  {
    title: "a milter's trace",
    lines: [
      "from client.example (host.example.com [192.0.2.1])",
      "\tby mx.example.org (8.14.9/8.14.9) with ESMTP id sAKA00f1012345",
      "\t(version=TLSv1/SSLv3 cipher=DHE-RSA-AES256-SHA bits=256 verify=NOT)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      tls: { version: "TLSv1/SSLv3", cipher: "DHE-RSA-AES256-SHA", bits: 256 },
      id: "sAKA00f1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["8.14.9/8.14.9", "verify=NOT"]
    }
  }
]

import type { Entry } from "./entry.js"

export const providers: ReadonlyArray<Entry> = [
  {
    title: "Amazon SES, the inbound side",
    lines: [
      "from mail.example.com (mail.example.com [192.0.2.1])",
      " by inbound-smtp.eu-west-1.example.com with SMTP id 0123456789abcdefghijklmnopqrstuvwxyz0123",
      " for bob@example.org;",
      " Fri, 20 Nov 2026 10:00:00 +0000 (UTC)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "192.0.2.1" },
      by: { name: "inbound-smtp.eu-west-1.example.com" },
      with: "SMTP",
      id: "0123456789abcdefghijklmnopqrstuvwxyz0123",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: ["UTC"]
    }
  },
  {
    title: "SendGrid, no semicolon, and a date as Go prints it",
    lines: [
      "by filter0001p1iad2.example.com with SMTP id filter0001p1iad2-12345-5FB7A1B0-1",
      "        2026-11-20 10:00:00.123456789 +0000 UTC"
    ],
    expect: {
      by: { name: "filter0001p1iad2.example.com" },
      with: "SMTP",
      id: "filter0001p1iad2-12345-5FB7A1B0-1",
      date: "2026-11-20T10:00:00.123+00:00",
      notes: ["UTC"]
    }
  },
  {
    title: "SendGrid, the web, no semicolon",
    lines: [
      "from MTIzNDU2Nzg (unknown)",
      "\tby geopod-ismtpd-1-0 (SG) with HTTP",
      "\tid abcdefghijklmnopqrstuv",
      "\tFri, 20 Nov 2026 10:00:00.123 +0000 (UTC)"
    ],
    expect: {
      from: { name: "MTIzNDU2Nzg" },
      by: { name: "geopod-ismtpd-1-0" },
      other: "HTTP",
      id: "abcdefghijklmnopqrstuv",
      date: "2026-11-20T10:00:00.123+00:00",
      notes: ["unknown", "SG", "UTC"]
    }
  },
  {
    title: "Mailgun, from outside",
    lines: [
      "from mail.example.com (mail.example.com [192.0.2.1]) by mxa.example.org with ESMTP id 5fb7a1b0.7f1234567890-smtp-in-n01; Fri, 20 Nov 2026 10:00:00 -0000 (UTC)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "192.0.2.1" },
      by: { name: "mxa.example.org" },
      with: "ESMTP",
      id: "5fb7a1b0.7f1234567890-smtp-in-n01",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["UTC"]
    }
  },
  {
    title: "SparkPost",
    lines: [
      "from [192.0.2.1] ([192.0.2.1:49152] helo=client.example)",
      "\tby mta-1.example.com (envelope-from <alice@example.com>)",
      "\t(ecelerity 4.2.38.62368 r(:)) with ESMTPS (cipher=DHE-RSA-AES256-GCM-SHA384)",
      "\tid 12/34-56789-0B1A7BF5; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mta-1.example.com" },
      with: "ESMTPS",
      tls: { cipher: "DHE-RSA-AES256-GCM-SHA384" },
      id: "12/34-56789-0B1A7BF5",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["[192.0.2.1:49152]", "ecelerity 4.2.38.62368 r(:)"]
    }
  },
  {
    title: "SparkPost, by its API",
    lines: [
      "from [192.0.2.1] ([192.0.2.1])",
      "\tby mta-1.example.com (envelope-from <alice@example.com>)",
      "\t(ecelerity 4.2.38.62368 r(Core:4.2.38.13)) with REST",
      "\tid 12/34-56789-0B1A7BF5; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "[192.0.2.1]", address: "192.0.2.1" },
      by: { name: "mta-1.example.com" },
      other: "REST",
      id: "12/34-56789-0B1A7BF5",
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["ecelerity 4.2.38.62368 r(Core:4.2.38.13)"]
    }
  },
  {
    title: "PowerMTA, the sender behind the date",
    lines: [
      "from client.example (192.0.2.1) by mta.example.com id h1a2b3c4d5e6 for <bob@example.org>; Fri, 20 Nov 2026 10:00:00 -0500 (envelope-from <alice@example.com>)"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mta.example.com" },
      id: "h1a2b3c4d5e6",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00-05:00"
    }
  },
  {
    title: "PowerMTA, with its name",
    lines: [
      "by mta.example.com (PowerMTA(TM) v3.5r16) id h1a2b3c4d5e6 for <bob@example.org>; Fri, 20 Nov 2026 10:00:00 -0500 (envelope-from <alice@example.com>)"
    ],
    expect: {
      by: { name: "mta.example.com" },
      id: "h1a2b3c4d5e6",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T10:00:00-05:00",
      notes: ["PowerMTA(TM) v3.5r16"]
    }
  },
  {
    title: "Mimecast, two protocols",
    lines: [
      "from mail.example.com (mail.example.com [192.0.2.1]) by",
      " relay.example.org with ESMTP with STARTTLS (version=TLSv1.2,",
      " cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id",
      " us-mta-123-AbCdEfGhIjKlMnOp-1; Fri, 20 Nov 2026 05:00:00 -0500"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "192.0.2.1" },
      by: { name: "relay.example.org" },
      with: "ESMTP",
      tls: { version: "TLSv1.2", cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
      id: "us-mta-123-AbCdEfGhIjKlMnOp-1",
      date: "2026-11-20T05:00:00-05:00",
      rest: ["with STARTTLS"]
    }
  },
  {
    title: "Proofpoint, its filter",
    lines: [
      "from pps.filterd (m0001234.ppops.example [127.0.0.1])",
      "\tby mx0a-00123401.pphosted.example (8.17.1.19/8.17.1.19) with ESMTP id 0AK9xYz1012345",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 GMT"
    ],
    expect: {
      from: { name: "pps.filterd", reverse: "m0001234.ppops.example", address: "127.0.0.1" },
      by: { name: "mx0a-00123401.pphosted.example" },
      with: "ESMTP",
      id: "0AK9xYz1012345",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: ["8.17.1.19/8.17.1.19", "GMT"]
    }
  },
  {
    title: "Proofpoint, TLS",
    lines: [
      "from mail.example.com (mail.example.com [192.0.2.1])",
      "\tby mx0a-00123401.pphosted.example (PPS) with ESMTPS id 3abcdefghi-1",
      "\t(version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NOT)",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0000 (GMT)"
    ],
    expect: {
      from: { name: "mail.example.com", reverse: "mail.example.com", address: "192.0.2.1" },
      by: { name: "mx0a-00123401.pphosted.example" },
      with: "ESMTPS",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      id: "3abcdefghi-1",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+00:00",
      notes: ["PPS", "verify=NOT", "GMT"]
    }
  },
  {
    title: "IronPort",
    lines: [
      "from host.example.com (HELO client.example) ([192.0.2.1])",
      "  by mx.example.org with ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384; 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example", reverse: "host.example.com", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      other: "ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384",
      tls: { cipher: "ECDHE-RSA-AES256-GCM-SHA384" },
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "IronPort, clear text",
    lines: [
      "from unknown (HELO client.example) ([192.0.2.1])",
      "  by mx.example.org with ESMTP; 20 Nov 2026 05:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      date: "2026-11-20T05:00:00-05:00"
    }
  },
  {
    title: "MessageLabs",
    lines: [
      "from [192.0.2.1] (using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))",
      "\tby server-1.example.org id 12/34-56789-0B1A7BF5; Fri, 20 Nov 2026 10:00:00 +0000"
    ],
    expect: {
      from: { name: "[192.0.2.1]", address: "192.0.2.1" },
      by: { name: "server-1.example.org" },
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384", bits: 256 },
      id: "12/34-56789-0B1A7BF5",
      date: "2026-11-20T10:00:00+00:00"
    }
  },
  {
    title: "GMX, with a name for its protocol",
    lines: [
      "from [192.0.2.7] ([192.0.2.7]) by mail.gmx.example (mrgmx005",
      " [198.51.100.190]) with ESMTPSA (Nemesis) id 1MplXz-1kSjt70Abc-00qF3v for",
      " <bob@example.org>; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "[192.0.2.7]", address: "192.0.2.7" },
      by: { name: "mail.gmx.example", reverse: "mrgmx005", address: "198.51.100.190" },
      with: "ESMTPSA",
      id: "1MplXz-1kSjt70Abc-00qF3v",
      for: ["bob@example.org"],
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Nemesis"]
    }
  },
  {
    title: "GMX, the web in a comment",
    lines: [
      "from [192.0.2.7] ([192.0.2.7]) by web-mail.gmx.example",
      " (3c-app-gmx-bs01.server.example [198.51.100.170]) (via HTTP); Fri, 20 Nov 2026 10:00:00",
      " +0100"
    ],
    expect: {
      from: { name: "[192.0.2.7]", address: "192.0.2.7" },
      by: {
        name: "web-mail.gmx.example",
        reverse: "3c-app-gmx-bs01.server.example",
        address: "198.51.100.170"
      },
      date: "2026-11-20T10:00:00+01:00",
      notes: ["via HTTP"]
    }
  },
  {
    title: "Yandex",
    lines: [
      "from myt5-1.example.com (myt5-1.example.com [IPv6:2001:db8:c12:4c0a::1])",
      "\tby forward101.example.com (Yandex) with ESMTP id 1A2B3C4D5E6F",
      "\tfor <bob@example.org>; Fri, 20 Nov 2026 13:00:00 +0300 (MSK)"
    ],
    expect: {
      from: {
        name: "myt5-1.example.com",
        reverse: "myt5-1.example.com",
        address: "2001:db8:c12:4c0a::1"
      },
      by: { name: "forward101.example.com" },
      with: "ESMTP",
      id: "1A2B3C4D5E6F",
      for: ["bob@example.org"],
      date: "2026-11-20T13:00:00+03:00",
      notes: ["Yandex", "MSK"]
    }
  },
  {
    title: "Yandex, submission",
    lines: [
      "by sas1-1.example.com (smtp/Yandex) with ESMTPSA id aBcDeFgHiJ-0a1b2c3d;",
      "\tFri, 20 Nov 2026 13:00:00 +0300",
      "\t(using TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits))",
      "\t(Client certificate not present)"
    ],
    expect: {
      by: { name: "sas1-1.example.com" },
      with: "ESMTPSA",
      tls: { version: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", bits: 128 },
      id: "aBcDeFgHiJ-0a1b2c3d",
      date: "2026-11-20T13:00:00+03:00",
      notes: ["smtp/Yandex", "Client certificate not present"]
    }
  },
  {
    title: "Mail.ru",
    lines: [
      "by smtp1.example.com with esmtpa (envelope-from <alice@example.com>)",
      "\tid 1kg2Xa-0005Mq-Sr",
      "\tfor bob@example.org; Fri, 20 Nov 2026 13:00:00 +0300"
    ],
    expect: {
      by: { name: "smtp1.example.com" },
      with: "ESMTPA",
      id: "1kg2Xa-0005Mq-Sr",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "2026-11-20T13:00:00+03:00"
    }
  },
  {
    title: "a cloud in front of another, the address in the words",
    lines: [
      "from mail.example.com[192.0.2.1] by gate.example.org with ESMTP id 0a1b2c; Fri, 20 Nov 2026 10:00:00 +0900"
    ],
    expect: {
      from: { name: "mail.example.com", address: "192.0.2.1" },
      by: { name: "gate.example.org" },
      with: "ESMTP",
      id: "0a1b2c",
      date: "2026-11-20T10:00:00+09:00"
    }
  },
  {
    title: "Trend Micro",
    lines: [
      "from unknown[192.0.2.1] by trendmicro.example with SMTP; Fri, 20 Nov 2026 10:00:00 -0000"
    ],
    expect: {
      from: { name: "unknown", address: "192.0.2.1" },
      by: { name: "trendmicro.example" },
      with: "SMTP",
      date: "2026-11-20T10:00:00-00:00"
    }
  }
]

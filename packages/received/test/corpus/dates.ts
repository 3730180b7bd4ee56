import type { Entry } from "./entry.js"

export const dates: ReadonlyArray<Entry> = [
  {
    title: "RFC 3339",
    lines: [
      "from client.example by mx.example.org with ESMTP; 2026-11-20T10:00:00+01:00"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "RFC 3339, UTC and a fraction",
    lines: [
      "from client.example by mx.example.org with ESMTP; 2026-11-20T09:00:00.250Z"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      date: "2026-11-20T09:00:00.250+00:00"
    }
  },
  {
    title: "a space for the T",
    lines: [
      "from client.example by mx.example.org with ESMTP; 2026-11-20 10:00:00+0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "asctime",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri Nov 20 10:00:00 2026"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-00:00"
    }
  },
  {
    title: "date, the zone before the year",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri Nov 20 10:00:00 PST 2026"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "date, the offset behind the year",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri Nov 20 10:00:00 2026 -0800"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-08:00"
    }
  },
  {
    title: "dashes",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; 20-Nov-2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "no day of the week, no seconds, one digit",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; 3 Nov 2026 9:05 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-03T09:05:00+01:00"
    }
  },
  {
    title: "the year 99",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Sat, 20 Nov 99 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "1999-11-20T10:00:00-05:00"
    }
  },
  {
    title: "the year 126, as those wrote who added 1900 wrongly",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 126 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-05:00"
    }
  },
  {
    title: "a leap second",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Sat, 31 Dec 2016 23:59:60 +0000"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2017-01-01T00:00:00+00:00"
    }
  },
  {
    title: "a military zone",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 10:00:00 K"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["K"]
    }
  },
  {
    title: "a zone that is no agreed one",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 10:00:00 MSK"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00-00:00",
      notes: ["MSK"]
    }
  },
  {
    title: "the zone's name, with an offset",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 10:00:00 GMT+0200"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+02:00"
    }
  },
  {
    title: "comments in the middle, and folds",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1;",
      "\tFri (Friday),",
      "\t20 (the twentieth) Nov",
      "\t2026 10:00:00",
      "\t+0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["Friday", "the twentieth"]
    }
  },
  {
    title: "names in full",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Friday, 20 November 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "lower case",
    lines: [
      "from client.example by mx.example.org with smtp id aa1; fri, 20 nov 2026 10:00:00 gmt"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "aa1",
      date: "2026-11-20T10:00:00+00:00",
      notes: ["gmt"]
    }
  },
  {
    title: "half an hour",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 15:30:00 +0530 (IST)"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T15:30:00+05:30",
      notes: ["IST"]
    }
  },
  {
    title: "a wrong day of the week",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Mon, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "words behind the date",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 10:00:00 +0100 as of now and then"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["as of now and then"]
    }
  },
  {
    title: "a date that there is not",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Tue, 31 Feb 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      rest: ["; Tue, 31 Feb 2026 10:00:00 +0100"]
    }
  },
  {
    title: "two dates",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 09:00:00 +0100; Fri, 20 Nov 2026 10:00:00 +0100"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00",
      rest: ["; Fri, 20 Nov 2026 09:00:00 +0100"]
    }
  },
  {
    title: "a semicolon behind the date",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1; Fri, 20 Nov 2026 10:00:00 +0100;"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00"
    }
  },
  {
    title: "no semicolon, folded",
    lines: [
      "from client.example by mx.example.org with SMTP id AA1",
      "\tFri, 20 Nov 2026 10:00:00 +0100 (CET)"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA1",
      date: "2026-11-20T10:00:00+01:00",
      notes: ["CET"]
    }
  }
]

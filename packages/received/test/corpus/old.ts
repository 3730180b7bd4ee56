import type { Entry } from "./entry.js"

export const old: ReadonlyArray<Entry> = [
  {
    title: "RFC 822's example of the grammar",
    lines: [
      "from ABC.EXAMPLE by XYZ.EXAMPLE via TCP with SMTP id 12345 for JONES@XYZ.EXAMPLE; 20 Nov 91 10:00:00 PST"
    ],
    expect: {
      from: { name: "ABC.EXAMPLE" },
      by: { name: "XYZ.EXAMPLE" },
      via: "TCP",
      with: "SMTP",
      id: "12345",
      for: ["JONES@XYZ.EXAMPLE"],
      date: "1991-11-20T10:00:00-08:00",
      notes: ["PST"]
    }
  },
  {
    title: "UUCP",
    lines: [
      "by host.example.com (smail2.5)",
      "\tid AA12345; 20 Nov 91 10:00:00 EST (Wed)"
    ],
    expect: {
      by: { name: "host.example.com" },
      id: "AA12345",
      date: "1991-11-20T10:00:00-05:00",
      notes: ["smail2.5", "EST", "Wed"]
    }
  },
  {
    title: "UUCP, between two",
    lines: [
      "from uucp by host.example.com with UUCP (UUPC/extended 1.11) for bob@example.org; Wed, 20 Nov 1991 10:00 EST"
    ],
    expect: {
      from: { name: "uucp" },
      by: { name: "host.example.com" },
      other: "UUCP",
      for: ["bob@example.org"],
      date: "1991-11-20T10:00:00-05:00",
      notes: ["UUPC/extended 1.11", "EST"]
    }
  },
  {
    title: "UUCP, no semicolon",
    lines: [
      "from alpha.UUCP by beta.example.com (4.0/SMI-4.0) id AA01234 Wed, 20 Nov 91 10:00:00 CST"
    ],
    expect: {
      from: { name: "alpha.UUCP" },
      by: { name: "beta.example.com" },
      id: "AA01234",
      date: "1991-11-20T10:00:00-06:00",
      notes: ["4.0/SMI-4.0", "CST"]
    }
  },
  {
    title: "BITNET",
    lines: [
      "from NODE1.BITNET by NODE2.BITNET (Mailer R2.08) with BSMTP id 1234; Wed, 20 Nov 91 10:00:00 GMT"
    ],
    expect: {
      from: { name: "NODE1.BITNET" },
      by: { name: "NODE2.BITNET" },
      other: "BSMTP",
      id: "1234",
      date: "1991-11-20T10:00:00+00:00",
      notes: ["Mailer R2.08", "GMT"]
    }
  },
  {
    title: "VMS",
    lines: [
      "from mail.example.com by vms.example.org (PMDF V5.2-32 #12345)",
      " id <01JABCDEFGHI8X1234@vms.example.org> (original mail from alice@example.com)",
      " for bob@example.org; Fri, 20 Nov 1998 10:00:00 -0500 (EST)"
    ],
    expect: {
      from: { name: "mail.example.com" },
      by: { name: "vms.example.org" },
      id: "<01JABCDEFGHI8X1234@vms.example.org>",
      for: ["bob@example.org"],
      sender: "alice@example.com",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["PMDF V5.2-32 #12345", "EST"]
    }
  },
  {
    title: "VMS, DECnet",
    lines: [
      "by vms.example.org with VMSmail ; Fri, 20 Nov 1998 10:00:00 EST"
    ],
    expect: {
      by: { name: "vms.example.org" },
      other: "VMSmail",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["EST"]
    }
  },
  {
    title: "MMDF",
    lines: [
      "from client.example by mx.example.org id aa12345; 20 Nov 91 10:00 EST"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      id: "aa12345",
      date: "1991-11-20T10:00:00-05:00",
      notes: ["EST"]
    }
  },
  {
    title: "X.400",
    lines: [
      "by mta.example.com (X.400); Wed, 20 Nov 1991 10:00:00 +0000"
    ],
    expect: {
      by: { name: "mta.example.com" },
      date: "1991-11-20T10:00:00+00:00",
      notes: ["X.400"]
    }
  },
  {
    title: "X.400, an address with slashes",
    lines: [
      "from /PRMD=example/ADMD=test/C=GB/ by mta.example.com with X400 (Relayed); Wed, 20 Nov 1991 10:00:00 UT"
    ],
    expect: {
      from: { name: "/PRMD=example/ADMD=test/C=GB/" },
      by: { name: "mta.example.com" },
      other: "X400",
      date: "1991-11-20T10:00:00+00:00",
      notes: ["Relayed", "UT"]
    }
  },
  {
    title: "smail",
    lines: [
      "by host.example.com (Smail3.1.29.1 #3) id m0rXabC-0001DeC; Sun, 20 Nov 94 10:00 MET"
    ],
    expect: {
      by: { name: "host.example.com" },
      id: "m0rXabC-0001DeC",
      date: "1994-11-20T10:00:00-00:00",
      notes: ["Smail3.1.29.1 #3", "MET"]
    }
  },
  {
    title: "smail, from a user",
    lines: [
      "from alice by host.example.com with local (Smail3.1.29.1 #3) id m0rXabC-0001DeC; Sun, 20 Nov 94 10:00 WET DST"
    ],
    expect: {
      from: { name: "alice" },
      by: { name: "host.example.com" },
      other: "local",
      id: "m0rXabC-0001DeC",
      date: "1994-11-20T10:00:00-00:00",
      notes: ["Smail3.1.29.1 #3", "WET", "DST"]
    }
  },
  {
    title: "ZMailer",
    lines: [
      "from client.example ([192.0.2.1]:3456 \"EHLO client.example\") by mx.example.org",
      "\twith ESMTP id S1234567AbCdEf (ORCPT <rfc822;bob@example.org>);",
      "\tFri, 20 Nov 1998 10:00:00 -0500"
    ],
    expect: {
      from: { name: "client.example", address: "192.0.2.1" },
      by: { name: "mx.example.org" },
      with: "ESMTP",
      id: "S1234567AbCdEf",
      date: "1998-11-20T10:00:00-05:00",
      notes: ["[192.0.2.1]:3456 \"EHLO client.example\"", "ORCPT <rfc822;bob@example.org>"]
    }
  },
  {
    title: "PP",
    lines: [
      "from client.example by mx.example.org with SMTP (PP) id <12345-0@mx.example.org>; Wed, 20 Nov 1991 10:00:00 +0000"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "<12345-0@mx.example.org>",
      date: "1991-11-20T10:00:00+00:00",
      notes: ["PP"]
    }
  },
  {
    title: "Novell's gateway",
    lines: [
      "from CORP/SpoolDir by mail.example.com (Mercury 1.21); 20 Nov 96 10:00:00 GMT"
    ],
    expect: {
      from: { name: "CORP/SpoolDir" },
      by: { name: "mail.example.com" },
      date: "1996-11-20T10:00:00+00:00",
      notes: ["Mercury 1.21", "GMT"]
    }
  },
  {
    title: "cc:Mail",
    lines: [
      "from ccMail by mail.example.com (IMA Internet Exchange 2.1) id 0001A2B3; Wed, 20 Nov 96 10:00:00 -0500"
    ],
    expect: {
      from: { name: "ccMail" },
      by: { name: "mail.example.com" },
      id: "0001A2B3",
      date: "1996-11-20T10:00:00-05:00",
      notes: ["IMA Internet Exchange 2.1"]
    }
  },
  {
    title: "no date at all",
    lines: [
      "from client.example by mx.example.org with SMTP id AA12345"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA12345"
    }
  },
  {
    title: "no date but the semicolon",
    lines: [
      "from client.example by mx.example.org with SMTP id AA12345;"
    ],
    expect: {
      from: { name: "client.example" },
      by: { name: "mx.example.org" },
      with: "SMTP",
      id: "AA12345"
    }
  },
  {
    title: "a clause alone",
    lines: [
      "by mx.example.org"
    ],
    expect: {
      by: { name: "mx.example.org" }
    }
  }
]

import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { refused, served } from "./live.js"

/** The servers that scripts meet; the refusing one has but one port. */
type Server = RefusingServer.RefusingServer | OurServer.OurServer

/** What the scripts below find there: the server's ports, TLS and the user; `tell` hands a value back. */
const preamble = ({ certificate, exchange, ...more }: Server) => `
use strict;
use warnings;
use utf8;
use Authen::SASL;
use Encode;
use JSON::PP;
use Net::SMTP;

my ($exchange, $submission, $submissions) = (${exchange}, ${
  "submission" in more ? `${more.submission}, ${more.submissions}` : "0, 0"
});
my @tls = (SSL_ca_file => '${certificate.file}', SSL_verifycn_name => 'mx.example');
my ($alice, $bob, $nobody) = ('alice@client.example', 'bob@mx.example', 'nobody@mx.example');
my $messages = decode_json(encode_utf8('${
  JSON.stringify({
    plain: Message.plain,
    dots: Message.dots,
    long: Message.long,
    eightBit: Message.eightBit,
    big: Message.big(1_000_000)
  }).replaceAll("\\", "\\\\")
}'));
my $json = JSON::PP->new->utf8->allow_nonref;

sub tell_of { print $json->encode([@_]), "\\n" }

sub connected {
  my ($port, @options) = @_;
  return Net::SMTP->new('127.0.0.1', Port => $port, Hello => 'client.example', Timeout => 10,
    @options) || die "no connection: $@";
}

sub login {
  my ($smtp, $mechanism, $password) = @_;
  my $sasl = Authen::SASL->new(
    mechanism => $mechanism,
    callback => { user => '${OurServer.user.name}', authname => '', pass => $password }
  );
  return $smtp->auth($sasl) ? 1 : 0;
}

sub delivered {
  my ($smtp, $message, @to) = @_;
  return $smtp->mail($alice) && $smtp->to(@to) && $smtp->data(encode_utf8($message)) ? 1 : 0;
}

# Under TLS Net::SMTP leaves the CR where it was.
sub answer {
  my ($smtp) = @_;
  return (0 + $smtp->code, join('', $smtp->message) =~ s/\\s+\$//r);
}
`

/** Runs a script. What it tells is read line by line as JSON. */
const perl = (server: Server, script: string) =>
  Program.run({ program: "perl", args: ["-"], input: preamble(server) + script }).pipe(
    Effect.map(({ code, stderr, stdout }) => ({
      code,
      stderr,
      told: stdout.split("\n").filter((line) => line !== "").map((line): unknown =>
        JSON.parse(line)
      )
    }))
  )

const fine = (...told: ReadonlyArray<ReadonlyArray<unknown>>) => ({ code: 0, stderr: "", told })

const password = `'${OurServer.user.password}'`

served("Perl's Net::SMTP", (live) => {
  describe("and our server", () => {
    live("carry every message, in one session under STARTTLS", (server) =>
      Effect.gen(function*() {
        const ran = yield* perl(
          server,
          `
my $smtp = connected($exchange);
tell_of($smtp->starttls(@tls) ? 1 : 0, $smtp->domain);
tell_of(delivered($smtp, $messages->{$_}, $bob)) for qw(plain dots long eightBit big);
tell_of($smtp->quit ? 1 : 0);
`
        )
        expect(ran).toEqual(fine([1, "mx.example"], [1], [1], [1], [1], [1], [1]))
        const kept = yield* server.kept
        expect(kept.map(({ message }) => message)).toEqual(
          [
            Message.plain,
            Message.dots,
            Message.long,
            Message.eightBit,
            Message.big(1_000_000)
          ].map((message) => Buffer.from(message).toString("latin1"))
        )
        expect(new Set(kept.map(({ session }) => session)).size).toBe(1)
        expect(kept[0]).toMatchObject({
          from: "alice@client.example",
          to: ["bob@mx.example"],
          tls: Option.some("TLSv1.3")
        })
      }))

    for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
      live(`meet over STARTTLS and AUTH ${mechanism}`, (server) =>
        Effect.gen(function*() {
          const ran = yield* perl(
            server,
            `
my $smtp = connected($submission);
$smtp->starttls(@tls);
tell_of(login($smtp, '${mechanism}', ${password}), answer($smtp));
tell_of(delivered($smtp, $messages->{dots}, $bob));
`
          )
          expect(ran).toEqual(fine([1, 235, "2.7.0 Authentication successful"], [1]))
          expect(yield* server.kept).toMatchObject([
            { message: Message.dots, user: Option.some("alice"), tls: Option.some("TLSv1.3") }
          ])
        }))
    }

    live(
      "meet under implicit TLS, and choose a mechanism that both know",
      (server) =>
        Effect.gen(function*() {
          const ran = yield* perl(
            server,
            `
my $smtp = connected($submissions, SSL => 1, @tls);
tell_of($smtp->auth('${OurServer.user.name}', ${password}) ? 1 : 0);
tell_of(delivered($smtp, $messages->{plain}, $bob));
`
          )
          expect(ran).toEqual(fine([1], [1]))
          expect(yield* server.kept).toMatchObject([{ user: Option.some("alice") }])
        })
    )

    live("carry a message that comes in pieces, cut anywhere", (server) =>
      Effect.gen(function*() {
        const ran = yield* perl(
          server,
          `
my $smtp = connected($exchange);
$smtp->mail($alice, Bits => 8, Size => length($messages->{dots}));
$smtp->to($bob);
$smtp->data;
$smtp->datasend($_) for split //, $messages->{dots};
tell_of($smtp->dataend ? 1 : 0, answer($smtp));
`
        )
        const [kept, ...rest] = yield* server.kept
        expect(kept).toMatchObject({ message: Message.dots, body: Option.some("8BITMIME") })
        expect(rest).toEqual([])
        expect(ran).toEqual(fine([1, 250, `2.0.0 Queued as ${kept?.name}`]))
      }))

    refused("serve the other recipients", (server) =>
      Effect.gen(function*() {
        const ran = yield* perl(
          server,
          `
my $smtp = connected($exchange);
$smtp->mail($alice);
tell_of($smtp->to($nobody, $bob, 'carol@mx.example', { SkipBad => 1 }));
tell_of($smtp->data($messages->{dots}) ? 1 : 0);
tell_of(delivered($smtp, $messages->{plain}, $nobody), answer($smtp));
tell_of($smtp->reset ? 1 : 0);
tell_of(delivered($smtp, $messages->{plain}, 'carol@mx.example'));
`
        )
        expect(ran).toEqual(fine(
          ["bob@mx.example", "carol@mx.example"],
          [1],
          [0, 550, "5.1.1 No such mailbox"],
          [1],
          [1]
        ))
        expect(yield* server.kept).toMatchObject([
          { to: ["bob@mx.example", "carol@mx.example"], message: Message.dots },
          { to: ["carol@mx.example"], message: Message.plain }
        ])
      }))

    refused("agree on who says no", (server) =>
      Effect.gen(function*() {
        const ran = yield* perl(
          server,
          `
my $smtp = connected($exchange);
tell_of($smtp->mail('refused@client.example') ? 1 : 0, answer($smtp));
tell_of(delivered($smtp, $messages->{plain}, 'full@mx.example'), answer($smtp));
`
        )
        expect(ran).toEqual(fine([0, 550, "5.7.1 Not you"], [0, 554, "5.6.0 Not this"]))
        expect(yield* server.kept).toEqual([])
      }))

    live("agree on what is not to be had", (server) =>
      Effect.gen(function*() {
        const ran = yield* perl(
          server,
          `
my $smtp = connected($exchange);
tell_of($smtp->verify($bob) ? 1 : 0, answer($smtp));
tell_of($smtp->expand('friends'), answer($smtp));
$smtp = connected($submission);
tell_of($smtp->mail($alice) ? 1 : 0, answer($smtp));
$smtp->starttls(@tls);
tell_of(login($smtp, 'PLAIN', 'wrong'), answer($smtp));
tell_of($smtp->mail($alice) ? 1 : 0, answer($smtp));
`
        )
        expect(ran).toEqual(fine(
          [1, 252, "2.5.2 Cannot verify the user, but will try to deliver"],
          [502, "5.5.1 Command not implemented"],
          [0, 530, "5.7.0 Must issue a STARTTLS command first"],
          [0, 535, "5.7.8 Authentication credentials invalid"],
          [0, 530, "5.7.0 Authentication required"]
        ))
        expect(yield* server.kept).toEqual([])
      }))

    live("do not take one server for another", (server) =>
      Effect.gen(function*() {
        const other = yield* RefusingServer.make()
        const ran = yield* perl(
          server,
          `
my $smtp = connected(${other.exchange});
tell_of($smtp->starttls(@tls) ? 1 : 0, $@);
`
        )
        expect(ran).toMatchObject(fine([0, expect.stringContaining("certificate verify failed")]))
      }))
  })
})

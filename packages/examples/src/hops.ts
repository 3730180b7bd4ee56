import * as Facts from "@effect-smtp/received/Facts"
import * as Protocol from "@effect-smtp/received/Protocol"
import * as Received from "@effect-smtp/received/Received"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

const field = `Received: from host.example.com ([192.0.2.1] helo=client.example)
	by mx.example.org with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384
	(Exim 4.96) (envelope-from <alice@example.com>)
	id 1p8wXW-00AbCd-0r for bob@example.org; Fri, 20 Nov 2026 10:00:00 +0000`

const program = Effect.gen(function*() {
  const received = yield* Received.parse(field)
  const { from, notes, sender, tls, with: protocol } = Facts.fromReceived(received)
  yield* Console.log(from) // name client.example, reverse host.example.com, address 192.0.2.1
  yield* Console.log(Option.map(protocol, Protocol.print)) // ESMTPS
  yield* Console.log(tls) // version TLS1.3, cipher TLS_AES_256_GCM_SHA384
  yield* Console.log(sender, notes) // alice@example.com, and what no fact was made of: Exim 4.96
  yield* Console.log(Received.print(received)) // the same, folded anew
})

Effect.runPromise(program)

/**
 * MailingList: the fields by which a list says what it is and how to leave it (RFC 2369, 2919, 8058).
 *
 * @module
 */

/**
 * - `id`: the list's own name, `announce.example.org`, and what to call it;
 * - `help`, `subscribe`, `post`, `owner`, `archive`: where to, the preferred place first; `post` may say
 *   that nobody may post;
 * - `unsubscribe`: where to leave. With `oneClick` one of them has to be an `https:` URL, and a program
 *   may leave for its user with one POST to it, without asking (RFC 8058); the message is then to be signed
 *   by DKIM with both fields, or nobody will.
 */
export interface MailingList {
  readonly id?: { readonly name?: string; readonly id: string }
  readonly help?: ReadonlyArray<URL>
  readonly subscribe?: ReadonlyArray<URL>
  readonly post?: ReadonlyArray<URL> | "No"
  readonly owner?: ReadonlyArray<URL>
  readonly archive?: ReadonlyArray<URL>
  readonly unsubscribe?: ReadonlyArray<URL>
  readonly oneClick?: boolean
}

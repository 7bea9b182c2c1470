import { schemeOf, withoutUser } from './address.ts'

/** An address within a text; with one slash where it was taken for a path (`/srv/https:/me:pw@host`). */
const ADDRESS = /(?<![A-Za-z0-9+.-])([A-Za-z0-9+.-]+)(:\/\/|(?<=[A-Za-z0-9+.-]{2}):\/)([^\s'"<>]*)/g
const SECRET_PARAMETER =
  /([?&;](?:sig|key|[\w.%-]*(?:passw|pwd|secret|token|signature|api[-_]?key|access[-_]?key|account[-_]?key|credential)[\w.%-]*)=)[^&;#]*/gi

/** A value: in quotes, or up to what ends one in a connection string, a query or a command. */
const VALUE = String.raw`(?:(")(?:[^"\\]|\\.|"")*"|(')(?:[^'\\]|\\.|'')*'|[^;&\s'",)}\]]+)`

/** Words behind which a secret stands, whatever stands before them: `s3_secret_access_key`, `dbPassword`. */
const NAMES = [
  'password|passwd|passphrase|pwd|secret|token',
  '(?:secret|access|account|api|master|private|shared|signing|storage|encryption)[-_]?key(?:[-_]?id)?',
  'client[-_]?secret|shared[-_]?access[-_]?signature|connection[-_]?string',
].join('|')

/** `password=…`, `api_key := '…'`, `SET s3_secret_access_key TO '…'`. */
const ASSIGNED = new RegExp(`((?:${NAMES})["'\`]?(?:\\s*(?:=>|:=|=+)\\s*|\\s+TO\\s+(?=['"])))${VALUE}`, 'gi')

/** `password: …` and `"token": "…"`, as YAML and JSON have it. A bare `token:` is what parsers say, and tells nothing. */
const SAID = new RegExp(
  `((?:["'\`][\\w.-]{0,40}(?:${NAMES})["'\`]|password|passwd|passphrase|[-_](?:token|secret)|` +
    `(?:secret|api|access|account)[-_]?key|client[-_]?secret)\\s*:\\s*)(?![/\\s])${VALUE}`,
  'gi',
)

/** `PASSWORD '…'` and `IDENTIFIED BY '…'`, as SQL has it. */
const SQL_PASSWORD = /\b((?:PASSWORD|IDENTIFIED\s+BY)\s+)(?:'(?:[^']|'')*'|"(?:[^"]|"")*")/gi

/** What proves to a server who somebody is, and is no word of a sentence. */
const PROOF =
  /\b((?:[Bb]earer|Basic|Negotiate|Digest|SharedKey)\s+)(?=[^\s'"]*(?:[\d=_+]|[a-z][A-Z]|\w\.\w)|[^\s'"]{20})[\w.~+/=:-]{6,}/g
const PROOF_HEADER =
  /\b((?:Proxy-)?Authorization["']?\s*[:=]\s*["']?(?:(?:Bearer|Basic|Digest|Negotiate|ApiKey|Token)\s+)?)[^\s'",}][^'",}\n]*/gi
const COOKIE = /\b((?:Set-)?Cookie["']?\s*:\s*)[^\n'"]+/gi

/** Parameters of signed addresses that stand without their address. */
const SIGNED =
  /((?:^|[?&;\s'"=])(?:sig|X-Amz-(?:Signature|Security-Token|Credential)|X-Goog-(?:Signature|Credential)|AWSAccessKeyId|Signature)=)[^&;\s'"#]+/gi

/** What is a secret by its form: a JSON Web Token, tokens of GitHub and Slack, ids of AWS’s keys. */
const BY_FORM =
  /\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*|\bgh[oprsu]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abeoprs]-[\w-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g

/** `CREATE SECRET name (`: of what stands in the brackets nothing is told. */
const CREATE_SECRET = /\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:PERSISTENT|TEMP|TEMPORARY)\s+)?SECRET\b[^(;]*\(/gi

/** `user/password@`, as Oracle’s clients write it. */
const ORACLE_USER = /(\bjdbc:oracle:\w+:)(?:"[^"]{0,200}"|[^\s'"<>]){0,400}@/gi
/** `//user:password@host`: an address whose scheme is left out. */
const NO_SCHEME = /(^|[\s'"(=,])\/\/([^\s'"<>]+)/g
/** `user:password@host:` as scp writes it, and `user:password@host/` where a scheme is left out. */
const SCP_USER = /(^|[\s'"(=])(?:[\w.-]+:[^\s:@/'"]+@)+(?=[\w.-]+[:/])/g

/**
 * Takes out of a text what nobody else may read, so that it may be printed, logged or sent: user and password of every address
 * in it; values of parameters and words whose names speak of secrets (`?X-Amz-Signature=…`, `&token=…`, `Password=…;`,
 * `AccountKey=…`, `SET s3_secret_access_key = '…'`); what stands in `CREATE SECRET (…)`; `Bearer …` and other proofs; private
 * keys, and tokens that are known by their form. A secret that has neither such a name nor such a form stays.
 *
 * @example withoutSecrets('see https://me:pw@host/a.csv?token=abc') // 'see https://host/a.csv?token=***'
 */
export function withoutSecrets(text: string): string {
  return cleaned(text, NESTED)
}

/** What each of the forms above has something of; most names have none. */
const MAYBE = /[\s:=@'"(]|eyJ|gh[oprsu]_|github_pat_|xox|AKIA|ASIA/i

/** Addresses within addresses are looked into so deep; deeper ones are not told. */
const NESTED = 8

function cleaned(text: string, deep: number): string {
  if (!MAYBE.test(text)) return text
  if (deep === 0) return '***'
  const told = withoutCreated(text.replace(PRIVATE_KEY, '***'))
    .replace(ORACLE_USER, '$1@')
    .replace(
      ADDRESS,
      (_, scheme: string, slashes: string, rest: string) =>
        // A path may hold an address: file:///srv/https:/me:pw@host.
        `${scheme}${slashes}${cleaned(withoutUser(schemeOf(scheme), rest).replace(SECRET_PARAMETER, '$1***'), deep - 1)}`,
    )
    .replace(SIGNED, '$1***')
    .replace(PROOF_HEADER, '$1***')
    .replace(PROOF, '$1***')
    .replace(COOKIE, '$1***')
    .replace(SQL_PASSWORD, "$1'***'")
    .replace(ASSIGNED, '$1$2$3***$2$3')
    .replace(SAID, '$1$2$3***$2$3')
    .replace(BY_FORM, '***')
  return withoutUsers(told)
}

/** Takes user and password out of addresses whose form has no scheme: `//user:password@host`, `user:password@host/path`. */
export function withoutUsers(text: string): string {
  return text
    .replace(ORACLE_USER, '$1@')
    .replace(NO_SCHEME, (_, before: string, rest: string) => `${before}//${withoutUser('', rest)}`)
    .replace(SCP_USER, '$1')
}

/** A text without what stands in the brackets of `CREATE SECRET (…)`. */
function withoutCreated(text: string): string {
  let told = ''
  let from = 0
  for (const { 0: start, index } of text.matchAll(CREATE_SECRET)) {
    if (index < from) continue
    const open = index + start.length
    const close = endOfBrackets(text, open)
    told += `${text.slice(from, open)}***`
    from = close
  }
  return told + text.slice(from)
}

/** Where the bracket closes that opened before a place; the end of the text where it does not. */
function endOfBrackets(text: string, from: number): number {
  let depth = 1
  let quote: string | undefined
  for (let at = from; at < text.length; at++) {
    const letter = text[at] as string
    if (quote !== undefined) quote = letter === quote ? undefined : quote
    else if (letter === "'" || letter === '"') quote = letter
    else if (letter === '(') depth++
    else if (letter === ')' && --depth === 0) return at
  }
  return text.length
}

/** Takes the secrets out of every text within plain data, as {@link withoutSecrets} does. */
export function withoutSecretsWithin<Value>(value: Value): Value {
  if (typeof value === 'string') return withoutSecrets(value) as Value
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecretsWithin(item)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecretsWithin(item)])) as Value
}

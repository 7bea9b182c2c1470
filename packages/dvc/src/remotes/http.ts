import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { RemoteSettings } from '../config.ts'
import { breakage, isPassing, retryAfter } from './breakage.ts'
import { credentialsOf } from './http/credentials.ts'
import { openLine, type Question } from './http/line.ts'
import { Interruption, type Held, type Pieces, type Remote, type Upload } from './remote.ts'
import { trustOf } from './trust.ts'

/** Objects at a time. Most of a question is waiting. */
const JOBS = 16

/** Seconds, as DVC waits. */
const PATIENCE = 60

/** An answer may lead on so often. */
const HOPS = 10

/**
 * A server of HTTP as a remote: objects are read with GET, and sent with POST or what `method` says. It can neither list nor
 * remove. Proxies are not heeded.
 *
 * @param settings by DVC's names: `url`, `auth` (`basic`, `digest`, `custom`), `user`, `password`, `custom_auth_header`,
 *   `ask_password`, `method`, `ssl_verify` (`false`, or a file of certificates); `read_timeout` and `connect_timeout` in
 *   seconds, 60 by default
 * @throws DS_DVC_CONFIG, DS_REMOTE_UNSUPPORTED where a password would have to be asked for
 * @example
 * const remote = await httpRemote({ url: 'https://data.example.org/store', auth: 'basic', user: 'ada', password })
 * const download = await remote.get('files/md5/ab/cdef0123456789abcdef0123456789')
 */
export async function httpRemote(settings: RemoteSettings): Promise<Remote> {
  const { root, shown } = addressOf(settings['url'] ?? '')
  const credentials = credentialsOf(settings, new URL(settings['url'] ?? ''), shown)
  const method = settings['method']?.toUpperCase() || 'POST'
  const line = openLine({
    connectTimeout: 1000 * (Number(settings['connect_timeout']) || PATIENCE),
    readTimeout: 1000 * (Number(settings['read_timeout']) || PATIENCE),
    trust: await trustOf(settings['ssl_verify']),
  })
  const at = (key: string): URL => {
    const url = new URL(root.href)
    url.pathname += key.split('/').map(encodeURIComponent).join('/')
    return url
  }
  const place = (key: string): string => `${shown}/${key}`

  /** Asks with credentials, which only the remote's own server gets to see; once more where it wants other proof. */
  async function ask(question: Question): Promise<IncomingMessage> {
    const isOwn = question.url.origin === root.origin
    for (let turn = 0; ; turn++) {
      const proof = isOwn ? credentials.headers(question.method, question.url) : {}
      const answer = await line.ask({ ...question, headers: { ...question.headers, ...proof } })
      if (answer.statusCode !== 401 || !isOwn || turn > 1) return answer
      if (!credentials.learn(answer.headers['www-authenticate'])) return answer
      discard(answer, question.method)
    }
  }

  /** Asks for something to read, wherever the answer leads. */
  async function follow(question: Question): Promise<IncomingMessage> {
    let { url } = question
    for (let hop = 0; ; hop++) {
      const answer = await ask({ ...question, url })
      const { location } = answer.headers
      if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return answer
      discard(answer, question.method)
      if (hop >= HOPS || !URL.canParse(location, url.href)) {
        throw failure('DS_REMOTE_FAILED', `${question.where}: leads on and on`, { where: question.where })
      }
      url = new URL(location, url)
      if (!/^https?:$/.test(url.protocol)) {
        throw failure('DS_REMOTE_FAILED', `${question.where}: leads to ${url.protocol}`, { where: question.where })
      }
    }
  }

  async function read(
    key: string,
    verb: 'GET' | 'HEAD',
    from: number,
    signal?: AbortSignal,
  ): Promise<IncomingMessage | undefined> {
    // Content as it lies there: its hash is that of the bytes before any compression.
    const headers = { 'Accept-Encoding': 'identity', ...(from > 0 ? { Range: `bytes=${from}-` } : {}) }
    const answer = await follow({ url: at(key), method: verb, headers, signal, where: place(key) })
    const status = answer.statusCode ?? 0
    if ((status >= 200 && status < 300) || status === 416 || (verb === 'HEAD' && [405, 501].includes(status)))
      return answer
    discard(answer, verb)
    if (status === 404 || status === 410) return undefined
    throw refused(answer, verb, place(key))
  }

  async function has(key: string, signal?: AbortSignal): Promise<Held | undefined> {
    let answer = await read(key, 'HEAD', 0, signal)
    if (answer && [405, 501].includes(answer.statusCode ?? 0)) {
      discard(answer, 'HEAD')
      answer = await read(key, 'GET', 0, signal)
      if (answer) discard(answer)
    } else if (answer) discard(answer, 'HEAD')
    if (!answer) return undefined
    return heldIn(answer.headers, lengthIn(answer.headers))
  }

  async function send(key: string, upload: Upload, signal?: AbortSignal): Promise<Held> {
    if (credentials.isUnprepared) await has(key, signal)
    const headers = {
      'Content-Length': String(upload.bytes),
      'Content-Type': 'application/octet-stream',
      ...(upload.md5 === undefined ? {} : { 'Content-MD5': Buffer.from(upload.md5, 'hex').toString('base64') }),
    }
    const answer = await ask({ url: at(key), method, headers, upload, signal, where: place(key) })
    const status = answer.statusCode ?? 0
    if (status >= 200 && status < 300) {
      answer.resume()
      return heldIn({ etag: answer.headers.etag }, upload.bytes)
    }
    discard(answer)
    throw refused(answer, method, place(key))
  }

  return {
    url: shown,
    jobs: JOBS,
    has: (key, { signal } = {}) => has(key, signal),
    async get(key, { from = 0, signal } = {}) {
      const answer = await read(key, 'GET', from, signal)
      if (!answer) return undefined
      const { headers, statusCode } = answer
      // It may break after its reader has turned away.
      answer.on('error', () => undefined)
      const pieces = received(answer, place(key), signal)
      const [, first, total] = /^bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)/i.exec(headers['content-range'] ?? '') ?? []
      const bytes = total === undefined || total === '*' ? undefined : Number(total)
      if (statusCode === 416) {
        discard(answer)
        const held = bytes === undefined ? await has(key, signal) : heldIn(headers, bytes)
        return held && { ...held, from, pieces: [] }
      }
      if (statusCode !== 206) return { ...heldIn(headers, lengthIn(headers)), from: 0, pieces }
      const begin = Number(first)
      if (begin <= from) return { ...heldIn(headers, bytes), from: begin, pieces }
      discard(answer)
      throw failure(
        'DS_REMOTE_FAILED',
        `${place(key)}: asked for from byte ${from}, it came from ${first ?? 'nowhere'}`,
        {
          where: place(key),
        },
      )
    },
    put: (key, upload, { signal } = {}) => send(key, upload, signal),
    async close() {
      line.close()
    },
  }
}

/** The address that keys are beneath, without user and password, and as it is shown. */
function addressOf(text: string): { root: URL; shown: string } {
  if (!URL.canParse(text)) {
    throw failure('DS_DVC_CONFIG', `${withoutSecrets(text)} is no address`, {
      where: 'url',
      hint: 'Write https://HOST/PATH.',
    })
  }
  const root = new URL(text)
  root.username = ''
  root.password = ''
  root.hash = ''
  root.pathname = root.pathname.replace(/\/*$/, '/')
  return { root, shown: `${root.origin}${decoded(root.pathname.replace(/\/$/, ''))}` }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function lengthIn(headers: IncomingHttpHeaders): number | undefined {
  const length = headers['content-length']
  return length === undefined || /[^,\s]/.test((headers['content-encoding'] ?? '').replace(/identity/gi, ''))
    ? undefined
    : Number(length)
}

/** Entity tags keep their `W/`: weak ones change with the meaning only. */
function heldIn(headers: IncomingHttpHeaders, bytes: number | undefined): Held {
  const md5 = Buffer.from(String(headers['content-md5'] ?? ''), 'base64')
  return {
    ...(bytes === undefined ? {} : { bytes }),
    ...(headers.etag === undefined ? {} : { etag: headers.etag.replaceAll('"', '') }),
    ...(md5.length === 16 ? { md5: md5.toString('hex') } : {}),
  }
}

/** The content as it comes. */
async function* received(
  answer: IncomingMessage,
  where: string,
  signal: AbortSignal | undefined,
): Pieces & AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of answer as AsyncIterable<Uint8Array>) yield piece
  } catch (error) {
    throw breakage(error, where, signal)
  }
  throwIfAborted(signal)
}

/** Bytes that are read so that a connection can be used again: more cost more than a new one. */
const SHORT = 1 << 16

/** Gives up what an answer still has to say. */
function discard(answer: IncomingMessage, verb?: string): void {
  let left = SHORT
  answer.on('error', () => undefined)
  if (verb !== 'HEAD' && Number(answer.headers['content-length'] ?? 0) > SHORT) answer.destroy()
  else answer.on('data', (piece: Buffer) => (left -= piece.length) < 0 && answer.destroy())
}

function refused({ statusCode = 0, statusMessage = '', headers }: IncomingMessage, verb: string, where: string): Error {
  const message = `${where}: ${verb} was answered with ${statusCode} ${withoutSecrets(statusMessage)}`.trimEnd()
  if (isPassing(statusCode)) return new Interruption(message, { after: retryAfter(headers['retry-after']) })
  if (statusCode === 401 || statusCode === 403) {
    return failure('DS_REMOTE_DENIED', message, {
      where,
      hint: 'Check auth, user and password in the remote’s settings: dayshift dvc remote modify --local NAME KEY VALUE',
    })
  }
  // nginx, for one, knows no POST to what is not there.
  const isVerb = verb === 'POST' && [404, 405, 501].includes(statusCode)
  return failure('DS_REMOTE_FAILED', message, {
    where,
    ...(isVerb ? { hint: 'Set how it takes files: dayshift dvc remote modify NAME method PUT' } : {}),
  })
}

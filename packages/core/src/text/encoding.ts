import { failure } from '../codes.ts'
import type { QueryOptions } from '../engine.ts'
import { fileBytes } from './file-bytes.ts'

/** Names that people use, beside those of the Encoding Standard. */
const ALIASES: Readonly<Record<string, string>> = {
  latin: 'windows-1252',
  'latin-1': 'windows-1252',
  'latin-2': 'iso-8859-2',
  'latin-9': 'iso-8859-15',
  cp1252: 'windows-1252',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  'shift-jis': 'shift_jis',
  cp932: 'shift_jis',
}

/**
 * The name of an encoding in the Encoding Standard.
 *
 * @throws DS_OPTION for a label that it does not know
 * @example encodingOf('latin1') // 'windows-1252', as browsers take it
 */
export function encodingOf(label: string): string {
  const name = label.trim().toLowerCase()
  try {
    return new TextDecoder(ALIASES[name] ?? name).encoding
  } catch (error) {
    throw failure('DS_OPTION', `there is no encoding '${label}'`, {
      hint: 'As utf-8, utf-16, latin-1, windows-1252, iso-8859-2, shift_jis, gbk, euc-kr, koi8-r.',
      cause: error,
    })
  }
}

/** The encoding that the byte order mark of a file tells, where it has one. */
export async function markedEncoding(path: string, options?: QueryOptions): Promise<string | undefined> {
  for await (const start of fileBytes(path, options)) {
    if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
    if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
    break
  }
  return undefined
}

/** What stands in UTF-8 for bytes that mean nothing, where they shall be found again: no UTF-8 has it. */
const NOTHING = Buffer.of(0xff)

/**
 * A file's text in UTF-8, in constant memory.
 *
 * @param strict whether bytes that are not of the encoding are an error; otherwise a byte that is no UTF-8 stands for them
 * @throws DS_SOURCE_MALFORMED for such bytes, with their line
 */
export async function* decoded(
  path: string,
  encoding: string,
  strict: boolean,
  options?: QueryOptions,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: strict })
  let offset = 0
  let line = 1
  for await (const chunk of fileBytes(path, options)) {
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw undecodable(path, encoding, chunk, offset, line, error)
    }
    offset += chunk.length
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++
    yield strict ? Buffer.from(text) : marked(text)
  }
  try {
    const rest = decoder.decode()
    if (rest !== '') yield strict ? Buffer.from(rest) : marked(rest)
  } catch (error) {
    throw undecodable(path, encoding, Buffer.alloc(0), offset, line, error)
  }
}

function marked(text: string): Buffer {
  const parts = text.split('\u{FFFD}').map((part) => Buffer.from(part))
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [NOTHING, part])))
}

/** The error for bytes that are not of an encoding, at the first of them. */
function undecodable(
  path: string,
  encoding: string,
  chunk: Buffer,
  offset: number,
  line: number,
  cause: unknown,
): Error {
  const decodable = decodableBytes(chunk, encoding)
  const good = encoding.startsWith('utf-16') ? decodable - (decodable % 2) : decodable
  const before = new TextDecoder(encoding).decode(chunk.subarray(0, good))
  const where = `${path}:${line + before.split('\n').length - 1}`
  return failure('DS_SOURCE_MALFORMED', `${where}: bytes that are not ${encoding}, at byte ${offset + good}`, {
    where,
    hint: 'Say the encoding of the file: encoding as latin-1, utf-16, windows-1252, shift_jis.',
    cause,
  })
}

/** How many bytes from the start can be decoded: found by halves. */
function decodableBytes(bytes: Buffer, encoding: string): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      good = middle
    } catch {
      bad = middle
    }
  }
  return good
}

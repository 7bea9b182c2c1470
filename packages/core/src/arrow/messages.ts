import { open, type FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import { isDayshiftError, messageOf } from '../errors.ts'

/** What a message brings: the columns, rows, or the values that a dictionary-encoded column stands for. */
type Content =
  | { readonly kind: 'schema'; readonly bigEndian: boolean }
  | { readonly kind: 'rows'; readonly codec: number | undefined }
  | { readonly kind: 'dictionary'; readonly codec: number | undefined; readonly id: bigint; readonly adds: boolean }

/** A message as it stands in the file, its header and its values, with what the header tells. */
export type ArrowMessage = Content & { readonly bytes: Uint8Array }

const MAGIC = 'ARROW1'
/** Stands before a message's length since Arrow 0.15. */
const CONTINUATION = -1

/**
 * The messages of an Arrow file one after another, the schema first; only one is held at a time. In the stream format they
 * simply follow one another. In the file format a table of contents at the end tells where they are, and only that: some
 * writers put other things in between.
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 * @throws DS_SOURCE_MALFORMED where the file is no Arrow, or ends too early
 * @throws DS_SOURCE_UNREADABLE where the system does not let it be read
 */
export async function* arrowMessages(path: string, signal?: AbortSignal): AsyncGenerator<ArrowMessage> {
  const file = await opened(path)
  try {
    const { size } = await file.stat()
    const contents = await contentsOf(file, path, size)
    if (contents) yield contents.schema
    for (let from = 0, at = 0; contents ? at < contents.places.length : from < size; at++) {
      throwIfAborted(signal)
      const message = await messageAt(file, path, contents?.places[at] ?? from, size)
      if (!message) return
      from += message.bytes.length
      if (message.kind !== undefined) yield message
    }
  } finally {
    await file.close()
  }
}

/** The message that begins at a place; none where the mark for the end of the stream stands there. */
async function messageAt(
  file: FileHandle,
  path: string,
  from: number,
  size: number,
): Promise<ArrowMessage | { readonly kind: undefined; readonly bytes: Uint8Array } | undefined> {
  const head = await read(file, path, from, Math.min(8, size - from))
  const long = head.length === 8 && head.view.getInt32(0, true) === CONTINUATION
  const length = head.length < 4 ? undefined : head.view.getInt32(long ? 4 : 0, true)
  if (length === 0) return undefined
  const prefix = long ? 8 : 4
  if (length === undefined || length < 0 || from + prefix + length > size) throw torn(path)
  const header = await read(file, path, from + prefix, length)
  const { body, ...content } = described(header, path)
  if (from + prefix + length + body > size) throw torn(path)
  const { bytes } = await read(file, path, from, prefix + length + body)
  return { bytes, ...content }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
}

/** What the table of contents tells, of a file that has one: the schema, and where messages of rows and dictionaries are. */
async function contentsOf(
  file: FileHandle,
  path: string,
  size: number,
): Promise<{ readonly schema: ArrowMessage; readonly places: readonly number[] } | undefined> {
  if (size === 0) throw failure('DS_SOURCE_EMPTY', `${path} is empty`, { where: path })
  const start = (await read(file, path, 0, Math.min(6, size))).text
  if (start.startsWith('FEA1')) {
    throw failure('DS_SOURCE_UNSUPPORTED', `${path} is of version 1 of Feather, which is not Arrow`, {
      where: path,
      hint: 'Write it again as version 2: pyarrow.feather.write_feather(table, path).',
    })
  }
  if (start !== MAGIC) return undefined
  // At the end: the table of contents, its length in 4 bytes, and the magic word again.
  if (size < 18) throw torn(path)
  const end = await read(file, path, size - 10, 10)
  const length = end.view.getInt32(0, true)
  if (!end.text.endsWith(MAGIC) || length <= 0 || length > size - 18) throw torn(path)
  const footer = await read(file, path, size - 10 - length, length)
  try {
    const { place, table: inner } = table(footer.view, 0)
    // Dictionaries before rows, wherever they lie: a file has each of them once.
    const places = [2, 3].flatMap((field) => blocks(footer.view, place(field)))
    const bigEndian = inner(1)?.int8(0) === 1
    return {
      schema: { kind: 'schema', bigEndian, bytes: schemaMessage(footer, place) },
      places,
    }
  } catch {
    throw torn(path)
  }
}

/** Where the messages begin that a list of the table of contents names: 24 bytes each, the place in the first 8. */
function blocks(view: DataView, list: number | undefined): readonly number[] {
  if (list === undefined) return []
  const start = list + view.getInt32(list, true)
  return Array.from({ length: view.getInt32(start, true) }, (_, at) =>
    Number(view.getBigInt64(start + 4 + at * 24, true)),
  )
}

/** The schema of a table of contents as the message that a stream begins with: a header that points into the table. */
function schemaMessage({ bytes, view }: Bytes, place: FlatTable['place']): Uint8Array {
  const field = place(1)
  if (field === undefined) throw new Error('the table of contents has no schema')
  const from = 8 + 32
  const message = new Uint8Array(from + Math.ceil(bytes.length / 8) * 8)
  const head = new DataView(message.buffer)
  head.setInt32(0, CONTINUATION, true)
  head.setInt32(4, message.length - 8, true)
  // The table's place; where its fields are (the size of this list, that of the table, version, kind, content); the table.
  head.setInt32(8, 16, true)
  for (const [at, value] of [12, 16, 4, 6, 8, 0].entries()) head.setUint16(12 + at * 2, value, true)
  head.setInt32(24, 12, true)
  const version = place(0)
  head.setInt16(28, version === undefined ? 0 : view.getInt16(version, true), true)
  head.setUint8(30, 1)
  head.setInt32(32, from + field + view.getInt32(field, true) - 32, true)
  message.set(bytes, from)
  return message
}

interface Bytes {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly length: number
  readonly text: string
}

async function read(file: FileHandle, path: string, from: number, length: number): Promise<Bytes> {
  if (from < 0 || length < 0) throw torn(path)
  // Of its own memory, not a part of some pool: values of 8 bytes must begin where 8 divides.
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done)
    if (bytesRead === 0) throw torn(path)
    done += bytesRead
  }
  const text = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  return { bytes, view: new DataView(bytes.buffer), length, text }
}

function torn(path: string): Error {
  return failure('DS_SOURCE_MALFORMED', `${path} is no Arrow file, or ends too early`, {
    where: path,
    hint: 'Write it again, as an Arrow IPC file or stream (Feather version 2).',
  })
}

/** What a message's header tells: what it brings, and how many bytes of values follow it. */
function described(header: Bytes, path: string): (Content | { readonly kind: undefined }) & { readonly body: number } {
  try {
    const message = table(header.view, 0)
    const body = Number(message.int64(3))
    if (!Number.isSafeInteger(body) || body < 0) throw torn(path)
    const content = message.table(2)
    switch (message.int8(1)) {
      case 1:
        return { kind: 'schema', bigEndian: content?.int8(0) === 1, body }
      case 2: {
        const codec = content?.table(1)?.table(3)?.int8(0)
        return { kind: 'dictionary', codec, id: content?.int64(0) ?? 0n, adds: content?.int8(2) === 1, body }
      }
      case 3:
        return { kind: 'rows', codec: content?.table(3)?.int8(0), body }
      default:
        return { kind: undefined, body }
    }
  } catch (error) {
    throw isDayshiftError(error) ? error : torn(path)
  }
}

/** A table of FlatBuffers, in which Arrow writes the headers of its messages. Fields go by their number. */
export interface FlatTable {
  /** Where the field lies, if it is there. */
  readonly place: (field: number) => number | undefined
  readonly int8: (field: number) => number
  readonly int64: (field: number) => bigint
  readonly table: (field: number) => FlatTable | undefined
}

/** @param from where the offset of the table stands */
export function table(view: DataView, from: number): FlatTable {
  const start = from + view.getInt32(from, true)
  const fields = start - view.getInt32(start, true)
  const place = (field: number): number | undefined => {
    const slot = 4 + 2 * field
    const offset = slot < view.getUint16(fields, true) ? view.getUint16(fields + slot, true) : 0
    return offset === 0 ? undefined : start + offset
  }
  const found = <Value>(field: number, get: (at: number) => Value, otherwise: Value): Value => {
    const at = place(field)
    return at === undefined ? otherwise : get(at)
  }
  return {
    place,
    int8: (field) => found(field, (at) => view.getInt8(at), 0),
    int64: (field) => found(field, (at) => view.getBigInt64(at, true), 0n),
    table: (field) => found<FlatTable | undefined>(field, (at) => table(view, at), undefined),
  }
}

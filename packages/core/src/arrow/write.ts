import { open } from 'node:fs/promises'
import { failure } from '../codes.ts'
import type { Batch, Engine, GivenColumn, QueryOptions } from '../engine.ts'
import { typesOf, type Relation } from '../relation.ts'
import { ident } from '../sql.ts'
import { arrowLibrary, type ArrowBatch, type ArrowLibrary, type ArrowSchema, type ArrowTable } from './library.ts'
import { table } from './messages.ts'
import { nativeTypeOf } from './native-type.ts'
import { fieldOf, writingOf, type Writing } from './write-type.ts'

/** Runs a select list over the rows that are written. */
export type Selecting = (list: string) => AsyncIterable<Batch>

/** Rows of a record batch, unless their texts and bytes are more than this. */
const ROWS = 65_536
const BYTES = 64 * 1024 ** 2

/** The word at both ends of a file, which is filled up to 8 bytes at its beginning. */
const MAGIC = Buffer.from('ARROW1\0\0')
/** What ends the messages: a length of none. */
const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

/**
 * Rows as one Arrow IPC stream, whole in memory.
 *
 * @throws DS_SOURCE_UNSUPPORTED for a column of a type that Arrow has no place for
 */
export async function arrowBytes(columns: readonly GivenColumn[], select: Selecting): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of arrowPieces(columns, select, 'stream')) pieces.push(piece)
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Writes a relation's rows as an Arrow IPC file, one record batch after another. */
export async function writeArrow(
  engine: Engine,
  relation: Relation,
  path: string,
  options?: QueryOptions,
): Promise<void> {
  const types = await typesOf(engine, relation, options)
  const columns = [...types].map(([name, nativeType]) => ({ name, nativeType }))
  const select: Selecting = (list) => engine.stream(`SELECT ${list} FROM ${relation.from.text}`, options)
  const file = await open(path, 'w')
  try {
    for await (const piece of arrowPieces(columns, select, 'file')) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}

/** Where a record batch lies in the file, for its table of contents. */
interface Place {
  readonly offset: number
  readonly header: number
  readonly body: number
}

async function* arrowPieces(
  columns: readonly GivenColumn[],
  select: Selecting,
  format: 'stream' | 'file',
): AsyncGenerator<Uint8Array> {
  const library = await arrowLibrary()
  const writings = columns.map((column) => writingOfColumn(library, column))
  const schema = { fields: columns.map(({ name }, at) => fieldOf(library, name, writings[at] as Writing)) }
  const head = encoded(library, schema, []).head
  const places: Place[] = []
  let offset = head.length
  if (format === 'file') {
    yield MAGIC
    offset += MAGIC.length
  }
  yield head
  const list = columns.map(({ name }, at) => `${carried(writings[at] as Writing, ident(name).text)} AS c${at}`)
  for await (const values of together(select(list.join(', ')), columns.length)) {
    const { rows } = encoded(library, schema, [writings.map(({ build }, at) => build(values[at] as unknown[]))])
    const header = 8 + new DataView(rows.buffer, rows.byteOffset).getInt32(4, true)
    places.push({ offset, header, body: rows.length - header })
    offset += rows.length
    yield rows
  }
  yield END
  if (format === 'file') yield contents(library, schema, writings, places)
}

function writingOfColumn(library: ArrowLibrary, { name, nativeType }: GivenColumn): Writing {
  const writing = writingOf(library, nativeTypeOf(nativeType), `column '${name}'`)
  if (writing) return writing
  throw failure('DS_SOURCE_UNSUPPORTED', `column '${name}' is a ${nativeType}, which has no place in Arrow`, {
    hint: `Cast it first, as frame.cast({ ${JSON.stringify(name)}: 'VARCHAR' }), or leave it out.`,
  })
}

function carried({ carry }: Writing, value: string): string {
  return carry?.(value, 0) ?? value
}

/** The engine's batches put together to larger ones. */
async function* together(batches: AsyncIterable<Batch>, width: number): AsyncGenerator<readonly unknown[][]> {
  let values = Array.from({ length: width }, (): unknown[] => [])
  let bytes = 0
  for await (const { columns, rows } of batches) {
    columns.forEach((column, at) => {
      const into = values[at] as unknown[]
      for (let row = 0; row < rows; row++) {
        const value = column[row]
        if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length
        into.push(value)
      }
    })
    if ((values[0]?.length ?? 0) < ROWS && bytes < BYTES) continue
    yield values
    values = values.map(() => [])
    bytes = 0
  }
  if ((values[0]?.length ?? 0) > 0) yield values
}

/** The schema's message, and those of record batches. */
function encoded(
  library: ArrowLibrary,
  schema: ArrowSchema,
  batches: readonly (readonly ArrowBatch[])[],
): { readonly head: Uint8Array; readonly rows: Uint8Array } {
  const bytes = library.tableToIPC(tableOf(library, schema, batches), { format: 'stream' })
  const head = 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)
  return { head: bytes.subarray(0, head), rows: bytes.subarray(head, bytes.length - END.length) }
}

function tableOf(library: ArrowLibrary, schema: ArrowSchema, batches: readonly (readonly ArrowBatch[])[]): ArrowTable {
  const columns = schema.fields.map(({ type }, at) => {
    return new library.Column(
      batches.map((batch) => batch[at] as ArrowBatch),
      type,
    )
  })
  return new library.Table(schema, columns)
}

/**
 * The table of contents, by which readers of files find record batches. The library writes one of as many empty batches;
 * then it gets the places of those that are really there.
 */
function contents(
  library: ArrowLibrary,
  schema: ArrowSchema,
  writings: readonly Writing[],
  places: readonly Place[],
): Uint8Array {
  const empty = writings.map(({ build }) => build([]))
  const bytes = library.tableToIPC(
    tableOf(
      library,
      schema,
      places.map(() => empty),
    ),
    { format: 'file' },
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const tail = 10
  const length = view.getInt32(bytes.length - tail, true)
  const from = bytes.length - tail - length
  const vector = table(view, from).place(3)
  if (vector !== undefined) {
    const blocks = vector + view.getInt32(vector, true) + 4
    places.forEach(({ offset, header, body }, at) => {
      view.setBigInt64(blocks + at * 24, BigInt(offset), true)
      view.setInt32(blocks + at * 24 + 8, header, true)
      view.setBigInt64(blocks + at * 24 + 16, BigInt(body), true)
    })
  }
  return bytes.subarray(from)
}

import type { Engine, QueryOptions } from '../engine.ts'
import { jsonText } from '../json-text.ts'
import { raw } from '../sql.ts'

/** A type in which JavaScript values come to the engine, to be cast there to the type that is wanted. */
export interface StagedType {
  /** The engine's name. */
  readonly name: string
  /** How values are written where the staged type is text: as they are, by `String`, or as JSON. */
  readonly text?: 'as it is' | 'written' | 'json'
}

/** The types in which JavaScript values come as they are; all others come as text. */
const STAGED: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  float: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  binary: 'BLOB',
}

/** The type in which JavaScript values of a type come to the engine. */
export async function stagedType(engine: Engine, type: string, options?: QueryOptions): Promise<StagedType> {
  if (isNested(type)) return { name: 'VARCHAR', text: 'json' }
  const query = engine.dialect.describe(raw(`SELECT CAST(NULL AS ${type}) AS v`))
  const [row] = await engine.query(query.text, options)
  const native = String(row?.['column_type'])
  if (/^U?HUGEINT$|^UBIGINT$/.test(native)) return { name: 'HUGEINT' }
  const name = STAGED[engine.dialect.columnType(native)]
  if (name !== undefined) return { name }
  return { name: 'VARCHAR', text: native.startsWith('DECIMAL') ? 'written' : 'as it is' }
}

/** Whether values of a type are lists or objects, which come as JSON text, as they are in rows of type JSON. */
export function isNested(type: string): boolean {
  return /\]$|^(STRUCT|MAP|JSON)\b/i.test(type)
}

/** The function that brings values into a staged type. They are there: neither null nor undefined. */
export function stagedValue({ text }: StagedType): (value: unknown) => unknown {
  if (text === 'json') return (value) => (typeof value === 'string' ? value : jsonText(value))
  // Decimals come out of the engine as numbers where a number holds them.
  return text === 'written'
    ? (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : value)
    : (value) => value
}

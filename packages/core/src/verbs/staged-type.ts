import type { Engine, QueryOptions } from '../engine.ts'
import { raw } from '../sql.ts'

/** The types in which JavaScript values come to the engine; all others come as text, and are cast there. */
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
export async function stagedType(engine: Engine, type: string, options?: QueryOptions): Promise<string> {
  const query = engine.dialect.describe(raw(`SELECT CAST(NULL AS ${type}) AS v`))
  const [row] = await engine.query(query.text, options)
  const native = String(row?.['column_type'])
  if (/^U?HUGEINT$|^UBIGINT$/.test(native)) return 'HUGEINT'
  return STAGED[engine.dialect.columnType(native)] ?? 'VARCHAR'
}

/** Whether values of a type are lists or objects, which come as JSON text. */
export function isNested(type: string): boolean {
  return /\]$|^(STRUCT|MAP|JSON)\b/i.test(type)
}

import type { CsvLayout } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import type { Sql } from '../sql.ts'

/** Reads text tables with every cell as text. */
export function textScan(engine: Engine, files: readonly string[], layout: CsvLayout, names: readonly string[]): Sql {
  return engine.dialect.scanCsv(
    files,
    layout,
    names.map((name) => ({ name, nativeType: 'VARCHAR' })),
  )
}

import type { Engine } from '../engine.ts'
import { typesOf, type Relation } from '../relation.ts'
import type { Sql } from '../sql.ts'

/** A relation over a scan, with the names that the engine finds in it. */
export async function describe(engine: Engine, scan: Sql): Promise<Relation> {
  return { from: scan, names: [...(await typesOf(engine, { from: scan, names: [] })).keys()] }
}

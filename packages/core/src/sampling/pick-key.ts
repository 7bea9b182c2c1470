import { resolveNames } from '../names.ts'
import { queryOf } from '../relation.ts'
import { ident, raw } from '../sql.ts'
import type { Numbered, Picked } from './numbered.ts'
import type { SamplePlan } from './plan.ts'

/**
 * All rows of a share of the keys: those whose MD5 of seed and key lies below that share of all MD5s. MD5 is the same in
 * every engine, so tables drawn apart have the same keys. A row without a key stands for itself: its own text decides.
 */
export async function pickKey(rows: Numbered, plan: SamplePlan): Promise<Picked> {
  const keys = resolveNames(plan.key ?? [], rows.names, 'sample')
  const parts = await Promise.all(keys.map((name) => keyText(rows, name)))
  const key = parts.length === 1 ? (parts[0] as string) : parts.join(` || chr(31) || `)
  const columns = rows.names.map((name) => ident(name).text)
  const whole = `CAST(ROW(${columns.join(', ')}) AS VARCHAR)`
  // 13 hexadecimal digits: the 52 bits that a double holds.
  const limit = Math.floor((plan.fraction as number) * 2 ** 52)
  const share = `'${limit.toString(16).padStart(13, '0')}'`
  const hash = `md5(COALESCE('${plan.seed}:' || ${key}, '${plan.seed}?' || ${whole}))`
  return { relation: rows.relation, where: plan.fraction === 1 ? 'TRUE' : `${hash} < ${share}` }
}

/** A key as text, the same for the same number in any type: 7, 7.0 and the 7 of a file of another format. */
async function keyText({ engine, relation, options }: Numbered, name: string): Promise<string> {
  const column = ident(name).text
  const query = engine.dialect.describe(raw(`SELECT ${column} FROM (${queryOf(relation).text})`))
  const [found] = await engine.query(query.text, options)
  const type = engine.dialect.columnType(String(found?.['column_type']))
  const text = `CAST(${column} AS VARCHAR)`
  if (type !== 'float' && type !== 'decimal') return text
  const whole = `CAST(CAST(${column} AS DECIMAL(38, 0)) AS VARCHAR)`
  return `CASE WHEN abs(${column}) < 1e15 AND ${column} = trunc(${column}) THEN ${whole} ELSE ${text} END`
}

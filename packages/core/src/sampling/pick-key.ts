import { resolveNames } from '../names.ts'
import { typesOf } from '../relation.ts'
import { ident } from '../sql.ts'
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

/** A key as text, the same for the same number or time in any type: 7 and 7.0, 12.5 and 12.50, a day and its midnight. */
async function keyText({ engine, relation, options }: Numbered, name: string): Promise<string> {
  const column = ident(name).text
  const type = engine.dialect.columnType((await typesOf(engine, relation, options)).get(name) ?? '')
  const text = `CAST(${column} AS VARCHAR)`
  if (type === 'timestamp' || type === 'timestamptz') {
    // Midnight is the day, as a table of days has it.
    const time = `CAST(${column} AS TIMESTAMP)`
    return `CASE WHEN isfinite(${time}) AND ${time} = date_trunc('day', ${time}) THEN CAST(CAST(${time} AS DATE) AS VARCHAR) ELSE CAST(${time} AS VARCHAR) END`
  }
  if (type === 'decimal') return `regexp_replace(${text}, '[.]0+$|([.][0-9]*[1-9])0+$', '\\1')`
  if (type !== 'float') return text
  const whole = `CAST(CAST(${column} AS DECIMAL(38, 0)) AS VARCHAR)`
  return `CASE WHEN abs(${column}) < 1e18 AND ${column} = trunc(${column}) THEN ${whole} ELSE ${text} END`
}

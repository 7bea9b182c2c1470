import { ident, type Frame, type QueryOptions } from '@dayshift/core'
import { doubtful } from '../guards/conditions.ts'
import type { FailureSink } from '../failure.ts'
import { judgeGroups } from './groups.ts'
import { judgeOf } from './judge.ts'
import { judgeSuspects, type Watched } from './suspects.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { valuesOf } from './suspect-rows.ts'
import type { Tally } from '../tally.ts'
import { endsWithin, LONGEST } from './time-limit.ts'

/** How far the two parts of the work are. */
export type During = (part: 'counting' | 'failures') => QueryOptions

/** Rows of which the values are judged as they come: grouping them takes longer than it saves. */
const FEW_ROWS = 10_000

/** Rows at the front that tell what kind of values a guard does not let pass. */
const PROBED = 10_000

/** Of the probed values: how many are doubtful before it matters, and how many of those Zod is asked of. */
const MANY = 0.1
const ASKED = 100

/**
 * Checks columns by the engine, each by itself. Where few values are to be judged, or most of them fail, Zod judges them row by
 * row, in one pass over all such columns. Where many are, and most are right, it judges each different value once: of text
 * beyond ASCII, for one, or of a schema that SQL has no word for.
 *
 * @param known the number of rows, where it is
 * @returns the number of rows
 */
export async function judgeColumns(
  frame: Frame,
  columns: readonly PlannedColumn[],
  known: number | undefined,
  tally: Tally,
  sink: FailureSink,
  during: During,
): Promise<number> {
  const rows = known ?? (await countRows(frame, during('counting')))
  const grouped = rows > FEW_ROWS ? await groupedOf(frame, columns, rows, during('counting')) : new Set<PlannedColumn>()
  await judgeGroups(frame, [...grouped], rows, tally, during('counting'))
  const failing = new Set(tally.results().flatMap(({ column, failed }) => (failed > 0 ? [column] : [])))
  const watched = columns.flatMap((column): Watched[] => {
    if (!grouped.has(column)) return [{ column, known: 'nothing' }]
    if (failing.has(column.rules.column)) return [{ column, known: 'failures' }]
    return column.runAs === 'distinct' ? [] : [{ column, known: 'passes' }]
  })
  const part = watched.some((one) => one.known === 'nothing') ? 'counting' : 'failures'
  if (watched.length > 0) await judgeSuspects(frame, watched, rows, tally, sink, during(part))
  return rows
}

async function countRows(frame: Frame, options: QueryOptions): Promise<number> {
  const [counts] = await frame.engine.query(`SELECT count(*) AS rows FROM ${valuesOf(frame).from.text}`, options)
  return Number(counts?.['rows'])
}

/** The columns whose equal values are judged once: those without a guard, and those whose guard lets few right values pass. */
async function groupedOf(
  frame: Frame,
  columns: readonly PlannedColumn[],
  rows: number,
  options: QueryOptions,
): Promise<ReadonlySet<PlannedColumn>> {
  const guarded = columns.filter(({ runAs }) => runAs === 'guarded')
  const grouped = new Set(columns.filter(({ runAs }) => runAs === 'distinct'))
  if (guarded.length === 0) return grouped
  const front = `(SELECT * FROM ${valuesOf(frame).from.text} LIMIT ${PROBED})`
  const terms = guarded.map(({ name, accept }, at) => {
    const values = `list(${ident(name).text}) FILTER (${doubtful(name, accept as string)})`
    return `len(${values}) AS n${at}, list_slice(${values}, 1, ${ASKED}) AS v${at}`
  })
  const [found] = await frame.engine.query(`SELECT ${terms.join(', ')} FROM ${front}`, options)
  guarded.forEach((column, at) => {
    const isMany = Number(found?.[`n${at}`] ?? 0) > MANY * Math.min(PROBED, rows)
    if (isMany && mostPass(column, found?.[`v${at}`] as readonly unknown[])) grouped.add(column)
  })
  return grouped
}

/** Whether Zod takes most of some values, as far as it comes to an end with them. */
function mostPass(column: PlannedColumn, values: readonly unknown[]): boolean {
  const judge = judgeOf(column)
  let right = 0
  endsWithin(LONGEST, () => {
    right = 0
    for (const value of values) if (judge.breaks(judge.decode(value)).length === 0) right++
  })
  return right > values.length / 2
}

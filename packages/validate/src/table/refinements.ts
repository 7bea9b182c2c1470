import type { CheckResult, FailureExample } from '@dayshift/core'
import { z } from 'zod'
import { HIDDEN } from '../failure.ts'
import { codeFailure, judgeOf } from '../judge/judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { rowObject, rowsOf } from '../judge/row-values.ts'
import { slowRow } from '../judge/slow-value.ts'
import type { PlannedRefinement } from './plan.ts'
import { eachWithin } from '../judge/time-limit.ts'
import { cellText } from '../cell-text.ts'
import { resultOf, type TableRun } from './table-run.ts'

/** What a refinement says of a row; it is silent where one of its columns breaks its own schema. */
type Outcome = 'unseen' | 'holds' | 'silent' | 'fails'

/** Columns that a failure shows. */
const SHOWN = 5

/** Runs all refinements of rows, in one pass over the columns that they look at. */
export async function refine(
  planned: readonly PlannedRefinement[],
  run: TableRun,
): Promise<ReadonlyMap<PlannedRefinement, CheckResult>> {
  if (planned.length === 0) return new Map()
  const { frame, query } = run
  const columns = [...new Set(planned.flatMap((check) => check.columns))]
  const judges = columns.map(judgeOf)
  const checks = planned.map((check) => new Refinement(check, run))
  const places = frame.places()
  let before = 0
  try {
    for await (const batch of rowsOf(frame, columns, query)) {
      const outcomes = Array.from<readonly Outcome[]>({ length: batch.rows })
      const valuesAt = (at: number): unknown[] => judges.map((judge, index) => judge.decode(batch.columns[index]?.[at]))
      await eachWithin(
        batch.rows,
        (at) => {
          const row = rowObject(columns, valuesAt(at))
          outcomes[at] = checks.map((check) => check.outcomeOf(row, before + at + 1))
        },
        (at) => {
          const cells = columns.map((column, index) => ({
            column,
            judge: judges[index] as (typeof judges)[number],
            stored: batch.columns[index]?.[at],
          }))
          return slowRow(frame, before + at + 1, cells)
        },
        query.signal,
      )
      for (const [at, ofRow] of outcomes.entries()) {
        for (const [index, outcome] of ofRow.entries()) {
          const check = checks[index] as Refinement
          if (check.count(outcome, before + at + 1)) {
            await check.tell(before + at + 1, await places.placeOf(before + at + 1), columns, valuesAt(at))
          }
        }
      }
      before += batch.rows
    }
  } finally {
    await places.close()
  }
  return new Map(checks.map((check) => [check.planned, check.result()]))
}

/** One refinement, with what was found so far. */
class Refinement {
  readonly planned: PlannedRefinement
  readonly #schema: z.ZodObject
  readonly #run: TableRun
  readonly #hides: boolean
  readonly #examples: FailureExample[] = []
  #evaluated = 0
  #silent = 0
  #failed = 0

  constructor(planned: PlannedRefinement, run: TableRun) {
    this.planned = planned
    this.#run = run
    this.#hides = planned.columns.some(({ hidden }) => hidden)
    this.#schema = z.object(
      Object.fromEntries(planned.columns.map(({ rules }) => [rules.column, rules.schema as z.ZodType])),
    )
  }

  outcomeOf(row: Record<string, unknown>, number: number): Outcome {
    const { name, when, refine: holds } = this.planned.rule
    try {
      const { success, data } = this.#schema.safeParse(row)
      if (!success) return 'silent'
      if (when && !settled(when(data))) return 'unseen'
      return settled(holds(data)) ? 'holds' : 'fails'
    } catch (error) {
      throw codeFailure(error, `the check '${name}'`, `row ${number}`, this.#hides)
    }
  }

  /** @returns whether a failure is wanted in full */
  count(outcome: Outcome, row: number): boolean {
    if (outcome !== 'unseen') this.#evaluated++
    if (outcome === 'silent') this.#silent++
    if (outcome !== 'fails') return false
    this.#failed++
    this.#run.failed(row, this.planned.id)
    return this.#run.write !== undefined || this.#examples.length < this.#run.maxExamples
  }

  async tell(row: number, place: object, columns: readonly PlannedColumn[], values: readonly unknown[]): Promise<void> {
    const { message, check } = this.planned
    const looked = columns.flatMap((column, at) =>
      this.planned.columns.includes(column) ? [`${column.name} ${column.hidden ? HIDDEN : cellText(values[at])}`] : [],
    )
    const value = [...looked.slice(0, SHOWN), ...(looked.length > SHOWN ? ['…'] : [])].join(', ')
    const example = { row, ...place, value, message }
    if (this.#examples.length < this.#run.maxExamples) this.#examples.push(example)
    await this.#run.write?.({ ...example, column: undefined, check })
  }

  result(): CheckResult {
    const counts = { evaluated: this.#evaluated, failed: this.#failed, nulls: this.#silent }
    return resultOf(this.planned, counts, { examples: this.#examples, ranAs: 'rows' })
  }
}

/** What code gives; a promise would be taken for true. */
function settled(given: unknown): boolean {
  if (given instanceof Promise) throw new z.core.$ZodAsyncError()
  return Boolean(given)
}

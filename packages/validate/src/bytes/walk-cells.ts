import {
  factValue,
  type AscendingRun,
  type CellForm,
  type Frame,
  type PlaceCursor,
  type QueryOptions,
  type RowPlace,
  type Span,
  type ToldCells,
} from '@dayshift/core'
import { failure } from '../codes.ts'
import { ColumnFailures } from '../judge/column-failures.ts'
import type { FailureSink } from '../failure.ts'
import type { FoundValue } from '../judge/found-value.ts'
import { judgeOf, type Judge } from '../judge/judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { slowCell } from '../judge/slow-value.ts'
import { KeyRuns } from '../table/key-runs.ts'
import type { Tally } from '../tally.ts'
import { eachWithin, endsWithin, LONGEST } from '../judge/time-limit.ts'

/** Records that are judged whole by Zod, by chance. */
const AUDITED = 1000

/** What a walk over the bytes of a text table has told. */
export interface CellsWalked {
  readonly rows: number
  /** The whole numbers of columns that have some; in ascending order only where all values are among them. */
  readonly spans: ReadonlyMap<string, Span>
  /** The keys of columns of whole numbers. */
  readonly keys: ReadonlyMap<string, KeyRuns>
}

/**
 * Checks columns by the bytes of their cells: those that surely pass are only counted, and Zod judges the others, each in its
 * row. Both phases of a run in one.
 *
 * @param columns with a form each
 * @param keyed those among them whose keys are wanted
 * @throws DS_VALIDATE_PARITY where Zod refuses a cell that its bytes let pass
 */
export async function walkCells(
  frame: Frame,
  columns: readonly PlannedColumn[],
  keyed: ReadonlySet<string | undefined>,
  tally: Tally,
  sink: FailureSink,
  query: QueryOptions,
): Promise<CellsWalked | undefined> {
  const { text } = frame
  if (!text) return undefined
  const missing = new Set(text.layout.nulls)
  const walked = frame.columns.map((name) => {
    const column = columns.find((one) => one.name === name)
    return column?.form && new WalkedColumn(column, column.form, missing, sink)
  })
  // Runs are told of whole numbers alone.
  const keys = walked.map((column) =>
    column && keyed.has(column.name) && column.form.type === 'number' && column.form.integer
      ? new KeyRuns()
      : undefined,
  )
  const audit = new Audit(walked)
  const places = new Places(frame)
  const visit = async (cells: ToldCells): Promise<void> => {
    places.plain = cells.plainLines
    await judgeAll(cells)
    for (let at = 0; at < cells.length; at++) {
      const column = columnAt(cells, at)
      const row = cells.row(at)
      const { stored, found } = judged[at] as JudgedCell
      audit.told(row, cells.column(at))
      if (found.isMissing) column.nulls++
      else {
        column.values++
        keys[cells.column(at)]?.addKey(row, column.judge.decode(stored))
      }
      for (const check of column.failures.add(row, stored, found)) {
        await sink.tell(column.failures.failure(row, await places.placeOf(row), stored, check))
      }
    }
    audit.judge()
  }
  const judged: JudgedCell[] = []
  const columnAt = (cells: ToldCells, at: number): WalkedColumn => walked[cells.column(at)] as WalkedColumn
  const judgeAll = (cells: ToldCells): Promise<void> =>
    eachWithin(
      cells.length,
      (at) => {
        const column = columnAt(cells, at)
        const stored = column.stored(cells.text(at))
        judged[at] = { stored, found: column.failures.find(stored) }
      },
      (at) => {
        const column = columnAt(cells, at)
        return slowCell(frame, cells.row(at), column.planned, column.stored(cells.text(at)))
      },
      query.signal,
    )
  try {
    const forms = walked.map((column): CellForm => column?.form ?? { type: 'unseen' })
    const visitRecord = (row: number, cells: readonly string[]): void => audit.take(row, cells)
    const visitRun = (column: number, run: AscendingRun): boolean => keys[column]?.add(run) ?? false
    const ofKeys = { keyed: [...keys.keys()].filter((column) => keys[column]), visitRun }
    const seen = await text.walk({ forms, visit, some: AUDITED, visitRecord, ...ofKeys }, query)
    audit.judge()
    tally.audited += audit.judged
    walked.forEach((column, at) => column?.tell(tally, seen.rows, seen.empties[at] as number))
    const spans = walked.flatMap((column, at) => {
      const span = seen.spans[at]
      // What Zod had to judge may lie anywhere.
      return column && span
        ? [[column.name, { ...span, ascending: span.ascending && column.values === 0 }] as const]
        : []
    })
    const runs = keys.flatMap((one, at) => (one && walked[at] ? [[walked[at].name, one] as const] : []))
    return { rows: seen.rows, spans: new Map(spans), keys: new Map(runs) }
  } finally {
    await places.close()
  }
}

/** A cell as the engine would give it, and what was found of it. */
interface JudgedCell {
  readonly stored: string | null
  readonly found: FoundValue
}

/** A column whose cells are walked. */
class WalkedColumn {
  readonly name: string
  readonly form: CellForm
  readonly failures: ColumnFailures
  readonly judge: Judge
  readonly planned: PlannedColumn
  /** Told cells that have a value, and those that have none. */
  values = 0
  nulls = 0
  readonly #missing: ReadonlySet<string>

  constructor(column: PlannedColumn, form: CellForm, missing: ReadonlySet<string>, sink: FailureSink) {
    this.name = column.name
    this.form = form
    this.judge = judgeOf(column)
    this.failures = new ColumnFailures(column, sink)
    this.planned = column
    this.#missing = missing
  }

  /** A cell as the engine would give it. */
  stored(cell: string): string | null {
    return this.#missing.has(cell) ? null : cell
  }

  /** Whether Zod takes the cell of a record, and what it says where it does not. */
  refusal(cell: string): string | undefined {
    const value = this.judge.decode(this.stored(cell))
    if (value === null || value === undefined) return undefined
    const [violation] = this.judge.violations(value)
    if (!violation) return undefined
    const shown = this.planned.hidden ? 'a cell' : JSON.stringify(factValue(cell))
    return `${violation.check}: bytes let ${shown} pass, Zod does not: ${violation.message}`
  }

  tell(tally: Tally, rows: number, empties: number): void {
    const { rules, runAs } = this.planned
    tally.evaluated(rules.column, rows, this.nulls + empties)
    for (const [check, count] of this.failures.counts()) tally.fail(rules.column, check, runAs, count)
    this.failures.finish()
  }
}

/** Has Zod judge the cells of some records that their bytes let pass. */
class Audit {
  judged = 0
  readonly #walked: readonly (WalkedColumn | undefined)[]
  /** Records, each with the columns of which Zod is asked anyway. */
  readonly #records = new Map<number, { readonly cells: readonly string[]; readonly told: Set<number> }>()

  constructor(walked: readonly (WalkedColumn | undefined)[]) {
    this.#walked = walked
  }

  take(row: number, cells: readonly string[]): void {
    this.#records.set(row, { cells, told: new Set() })
  }

  told(row: number, column: number): void {
    if (this.#records.size > 0) this.#records.get(row)?.told.add(column)
  }

  /** Judges what was taken, after all told cells of those rows; as far as it comes to an end. */
  judge(): void {
    if (this.#records.size > 0) endsWithin(LONGEST, () => this.#judgeAll())
    this.#records.clear()
  }

  #judgeAll(): void {
    for (const [row, { cells, told }] of this.#records) {
      this.#walked.forEach((column, at) => {
        if (!column || told.has(at)) return
        this.judged++
        const refusal = column.refusal(cells[at] ?? '')
        if (refusal === undefined) return
        const where = `${column.name}, row ${row}`
        throw failure('DS_VALIDATE_PARITY', `${column.name}: ${refusal}`, { where })
      })
    }
  }
}

/** The places of rows, in ascending order. */
class Places {
  /** Whether each record so far is one line. */
  plain = true
  readonly #isOne: boolean
  readonly #header: number
  readonly #cursor: PlaceCursor

  constructor(frame: Frame) {
    const { header, blankLines = 0, skip = 0 } = frame.text?.layout ?? {}
    this.#isOne = frame.files.length === 1 && blankLines === 0 && skip === 0
    this.#header = header ? 1 : 0
    this.#cursor = frame.places()
  }

  placeOf(row: number): Promise<RowPlace> | RowPlace {
    // Nobody need look for what can be told.
    return this.#isOne && this.plain ? { line: row + this.#header } : this.#cursor.placeOf(row)
  }

  close(): Promise<void> {
    return this.#cursor.close()
  }
}

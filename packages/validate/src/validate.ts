import { resolve } from 'node:path'
import {
  makeReport,
  refuseOverwrite,
  type CheckResult,
  type Finding,
  type Frame,
  type QueryOptions,
  type QueryProgress,
  type Report,
} from '@dayshift/core'
import type { Strictness } from './column.ts'
import { alongside } from './alongside.ts'
import { walkCells, type CellsWalked } from './bytes/walk-cells.ts'
import type { Contract } from './contract.ts'
import type { Failure, FailureSink } from './failure.ts'
import { writeFailures } from './output/failures-file.ts'
import type { CheckPlan } from './plan.ts'
import { planRun } from './plan-run.ts'
import { otherSides } from './table/references.ts'
import { FailingRows } from './output/failing-rows.ts'
import { judgeColumns } from './judge/columns.ts'
import { judgeObjects } from './judge/objects.ts'
import { judgeRows } from './judge/whole-rows.ts'
import { splitRows, type Split } from './output/split.ts'
import { checkTable, countTable, type TableCounts } from './table/checks.ts'
import { checkConditions } from './table/row-checks.ts'
import { Tally } from './tally.ts'
import { checkTargets } from './output/targets.ts'

/** How far a run is. */
export interface ValidateProgress extends QueryProgress {
  /** Failures are counted, then looked at; keys, conditions and measures follow, and rows that are written apart. */
  readonly part: 'counting' | 'failures' | 'table' | 'writing'
}

/** How to validate. */
export interface ValidateOptions extends Pick<QueryOptions, 'signal'> {
  /** Told now and then how far a part of the run is, from 0 to 1: each goes over the data once or more. */
  readonly onProgress?: ((progress: ValidateProgress) => void) | undefined
  /** Failures that each check of the report shows. Default: 20. */
  readonly maxExamples?: number | undefined
  /**
   * Writes every failure to this file: `row line column check value message`. The name tells the format, as of all that a
   * frame writes; a pipe or a device gets one JSON object a line.
   */
  readonly failures?: string | undefined
  /** What the paths of a contract's references are taken from. Default: the process's working directory. */
  readonly cwd?: string | undefined
  /** Writes the rows that break no check to one file, and the others to another. */
  readonly split?: Split | undefined
}

const MAX_EXAMPLES = 20

/** Sets of checks that fail in the same rows, of which a report tells. */
const MOST_TOGETHER = 20

/**
 * Habit 2: checks a frame against a contract. All checks run; every failing one is a finding.
 *
 * @param given a contract from `defineContract`, or a bare `z.object`
 * @throws DS_CONTRACT_INVALID, DS_CONTRACT_ASYNC, DS_CONTRACT_THROWS where the contract itself cannot be used
 * @throws DS_SOURCE_UNSUPPORTED, DS_OPTION, DS_TARGET_IS_SOURCE, DS_WRITE, before data is read, where a file cannot be written
 * @example
 * const report = await validate(await open('employees.csv'), z.object({ age: z.int().min(0).max(120) }))
 * if (report.status === 'fail') for (const { message } of report.findings) console.error(message)
 */
export async function validate(
  frame: Frame,
  given: Contract | Contract['columns'],
  options: ValidateOptions = {},
): Promise<Report<'validate'>> {
  const started = new Date()
  const during = (part: ValidateProgress['part'], signal = options.signal): QueryOptions => ({
    signal,
    onProgress: (progress) => options.onProgress?.({ ...progress, part }),
  })
  const query = during('counting')
  const targets = { failures: options.failures, ...options.split }
  await checkTargets(targets, frame.files, frame.quarantines)
  const plan = await planRun(frame, given, query)
  const { contract } = plan
  await checkConditions(frame, plan.table, query)
  const others = await otherSides(frame, plan.table, options.cwd, query)
  const read = [...others.values()].flatMap((other) => other.frame.files)
  for (const target of Object.values(targets)) if (target !== undefined) refuseOverwrite(target, read)
  const maxExamples = options.maxExamples ?? MAX_EXAMPLES
  const tally = new Tally(maxExamples, (column, check) => strictness(contract, column, check))
  for (const { rules, runAs } of plan.columns) {
    for (const check of rules.checks) tally.expect(rules.column, check, runAs)
  }
  if (plan.wholeRows) tally.expect(undefined, 'refine', 'rows')

  const failed = new FailingRows()
  const ofTable: CheckResult[] = []
  const addRow = (row: number, check: string): void => failed.add(row - 1, check)
  const run = async (write?: (failure: Failure) => Promise<void>): Promise<number> => {
    const sink: FailureSink = {
      expect: (column, check, ranAs) => tally.expect(column, check, ranAs),
      failed: addRow,
      wants: (column, check) => write !== undefined || tally.wantsExample(column, check),
      tell: async (found) => {
        const { column, check, ...example } = found
        tally.example(column, check, example)
        await write?.(found)
      },
      values: (column, check, values) => tally.values(column, check, values),
    }
    const ofRun = { frame, nullsOf: (column: string): number => tally.nullsOf(column), maxExamples, others }
    const table = { ...ofRun, failed: addRow, write, query: during('table') }
    const count = (signal?: AbortSignal): Promise<TableCounts> =>
      // Of two things at once, the walk tells how far it is.
      countTable(plan.table, { frame, query: signal ? { signal } : during('table') })
    const judge = async (counted: () => Promise<TableCounts>, signal?: AbortSignal): Promise<number> => {
      const walked = plan.wholeRows
        ? { rows: await judgeRows(frame, contract, plan, tally, sink, query), ...NO_KEYS }
        : await checkColumns(frame, plan, tally, sink, (part) => during(part, signal))
      ofTable.push(...(await checkTable(plan.table, await counted(), { ...table, ...walked })))
      return walked.rows
    }
    // While bytes are walked, the engine has nothing to do.
    return plan.columns.some(({ form }) => form) ? alongside(count, judge, options.signal) : judge(count)
  }
  const rows =
    options.failures === undefined
      ? await run()
      : await writeFailures(resolve(options.failures), frame, run, during('writing'))

  if (options.split) await splitRows(frame, contract, failed, options.split, during('writing'))
  const checks = [...metadataResults(plan), ...tally.results(), ...ofTable]
  const facts = {
    rows,
    failedRows: failed.size,
    checks,
    ...(failed.size === 0 ? {} : { together: failed.together(MOST_TOGETHER) }),
    audited: tally.audited,
    ...(options.failures === undefined ? {} : { failuresFile: options.failures }),
    ...(options.split?.good === undefined ? {} : { goodFile: options.split.good }),
    ...(options.split?.bad === undefined ? {} : { badFile: options.split.bad }),
  }
  return makeReport('validate', frame.dataset, started, facts, [
    // To a contract a value of JSON is what it is, whatever the reader makes of the column.
    ...frame.notes.filter(({ code }) => frame.objects === undefined || code !== 'source.column_mixed'),
    ...notesOf(contract),
    ...findingsOf(plan, checks, rows),
  ])
}

/** How strictly a check of a column is taken. */
function strictness({ options }: Contract, column: string | undefined, check: string): Strictness {
  const own = column === undefined ? undefined : options[column]
  if (!own) return {}
  return own.warnings?.includes(check) ? { ...own, severity: 'warn' } : own
}

const NO_KEYS: Omit<CellsWalked, 'rows'> = { spans: new Map(), keys: new Map() }

/** Checks columns by themselves. */
async function checkColumns(
  frame: Frame,
  { columns, table }: CheckPlan,
  tally: Tally,
  sink: FailureSink,
  during: (part: ValidateProgress['part']) => QueryOptions,
): Promise<CellsWalked> {
  const byBytes = columns.filter(({ form }) => form)
  // Of a JSON file all columns are.
  if (columns.some(({ runAs }) => runAs === 'objects')) {
    return { rows: await judgeObjects(frame, columns, tally, sink, during('counting')), ...NO_KEYS }
  }
  const others = columns.filter(({ form }) => !form)
  const keyed = new Set(table.flatMap((check) => (check.as === 'key' && check.whole ? [check.column] : [])))
  const walked =
    byBytes.length > 0 ? await walkCells(frame, byBytes, keyed, tally, sink, during('counting')) : undefined
  const rows = await judgeColumns(frame, others, walked?.rows, tally, sink, during)
  return { ...NO_KEYS, ...walked, rows }
}

/** What came of a check, in words. */
function outcomeOf({ failed, evaluated, passed, mostly, observed, expected, examples }: CheckResult): string {
  if (expected !== undefined)
    return `${observed === null ? 'there is no value' : String(observed)}, expected ${expected}`
  const tolerated = mostly === undefined ? '' : ` (${passed ? 'tolerated' : 'too many'}: mostly ${mostly})`
  return `${failed} of ${evaluated} rows fail${tolerated}${examples[0] ? `: ${examples[0].message}` : ''}`
}

function metadataResults(plan: CheckPlan): CheckResult[] {
  return plan.metadata.map(({ id, column, check, message, severity = 'error' }) => ({
    id,
    column,
    check,
    severity,
    evaluated: 1,
    failed: message === undefined ? 0 : 1,
    passed: message === undefined,
    nulls: 0,
    examples: [],
    ranAs: 'metadata',
  }))
}

/** What the contract's file says and is not held. */
function notesOf({ notes }: Contract): Finding[] {
  return notes.map(({ place, message }) => ({
    severity: 'warn',
    code: 'validate.not_carried_over',
    message: `${place}: ${message}`,
  }))
}

function findingsOf(plan: CheckPlan, checks: readonly CheckResult[], rows: number): Finding[] {
  const findings: Finding[] = plan.metadata.flatMap(({ check, column, message, hint, severity = 'error' }) =>
    message === undefined
      ? []
      : [{ severity, code: `validate.${check}`, column, message, ...(hint === undefined ? {} : { hint }) }],
  )
  for (const result of checks) {
    const { column, check, failed, severity, passed, ranAs } = result
    if (failed === 0 || ranAs === 'metadata') continue
    findings.push({
      severity: passed ? 'info' : severity,
      code: passed ? 'validate.tolerated' : 'validate.failed',
      ...(column === undefined ? {} : { column }),
      message: `${column ?? 'rows'} ${check}: ${outcomeOf(result)}`,
    })
  }
  if (rows === 0) findings.push({ severity: 'warn', code: 'validate.no_rows', message: 'there are no rows to check' })
  return findings
}

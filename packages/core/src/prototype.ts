import { failure } from './codes.ts'
import type { QueryOptions } from './engine.ts'
import { isDayshiftError, messageOf } from './errors.ts'
import { factRow } from './fact-value.ts'
import { Frame } from './frame.ts'
import type { Finding } from './finding.ts'
import { refuseOverwrite } from './overwrite.ts'
import { makeReport, type Report } from './report.ts'
import { DEFAULT_SEED, SAMPLE_METHOD } from './sample.ts'
import { parseFraction } from './units.ts'

/** An ETL: a function from frame to frame. It runs on a sample and on the whole data alike. */
export type Etl = (frame: Frame) => Frame | Promise<Frame>

/** How to prototype. */
export interface PrototypeOptions extends QueryOptions {
  /** Share of the rows to draw. Default: 1%, where `rows` is not given. */
  readonly fraction?: number | string | undefined
  /** Number of rows to draw. */
  readonly rows?: number | undefined
  /** Default: 42. */
  readonly seed?: number | undefined
  /** Default: gives the sample back as it is. */
  readonly etl?: Etl | undefined
  /** Where to write the ETL's output; the name tells the format. */
  readonly out?: string | undefined
}

/** Rows of the output that a report shows. */
const HEAD = 5

/**
 * Habit 1: draws a sample, runs an ETL on it and profiles what comes out.
 *
 * @throws DS_ETL where the ETL throws or gives back something else than a frame
 * @example
 * const report = await prototype(await open('data.csv'), {
 *   fraction: '1%',
 *   etl: (frame) => frame.dropNulls().derive({ value_squared: sql`value ** 2` }),
 * })
 * console.log(report.facts.sampledRows, report.facts.added)
 */
export async function prototype(frame: Frame, options: PrototypeOptions = {}): Promise<Report<'prototype'>> {
  const started = new Date()
  const seed = options.seed ?? DEFAULT_SEED
  if (options.rows !== undefined && options.fraction !== undefined) {
    throw failure('DS_UNIT', 'a sample needs either a fraction or a number of rows, not both', {
      hint: 'Leave one of them out.',
    })
  }
  const size =
    options.rows === undefined ? { fraction: parseFraction(options.fraction ?? 0.01) } : { rows: options.rows }
  if (options.out !== undefined) refuseOverwrite(options.out, frame.files)
  const query: QueryOptions = { signal: options.signal, onProgress: options.onProgress }
  const sampled = frame.sample({ ...size, seed })
  const output = await runEtl(options.etl, sampled)
  if (options.out !== undefined) await output.write(options.out, query)

  const [before, rows, sampledRows, after, profile, head] = await Promise.all([
    frame.schema(),
    frame.count(query),
    sampled.count(query),
    output.schema(),
    output.profile(query),
    output.head(HEAD),
  ])
  const had = new Set(before.columns.map(({ name }) => name))
  const has = new Set(after.columns.map(({ name }) => name))
  const facts = {
    rows,
    sampledRows,
    outputRows: profile.rows,
    method: SAMPLE_METHOD,
    seed,
    columns: after.columns.map(({ name, type }) => ({ name, type })),
    added: [...has].filter((name) => !had.has(name)),
    dropped: [...had].filter((name) => !has.has(name)),
    head: head.map((row) => factRow(row, after.columns)),
    profile: profile.columns,
    ...(options.out === undefined ? {} : { out: options.out }),
  }
  return makeReport('prototype', frame.dataset, started, facts, findingsOf(rows, sampledRows, profile.rows))
}

async function runEtl(etl: Etl | undefined, sampled: Frame): Promise<Frame> {
  if (!etl) return sampled
  let output: unknown
  try {
    output = await etl(sampled)
    // Asking for the types runs the SQL of the ETL's verbs far enough to find its mistakes.
    if (isFrame(output)) await output.schema()
  } catch (error) {
    const place = etl.name === '' || etl.name === 'default' ? 'the ETL' : `the ETL '${etl.name}'`
    throw failure('DS_ETL', `${place} failed: ${messageOf(error)}`, {
      cause: error,
      ...(isDayshiftError(error) ? { hint: error.hint } : {}),
    })
  }
  if (isFrame(output)) return output
  throw failure('DS_ETL', `the ETL gave back ${output === undefined ? 'nothing' : `a ${typeof output}`}, not a frame`)
}

/** Tells a frame of any copy of this package. */
function isFrame(value: unknown): value is Frame {
  return (
    value instanceof Frame || (typeof value === 'object' && value !== null && 'relation' in value && 'engine' in value)
  )
}

function findingsOf(rows: number, sampled: number, output: number): Finding[] {
  if (rows === 0) return [{ severity: 'warn', code: 'prototype.no_rows', message: 'the source has no rows' }]
  if (output > 0) return []
  return [
    {
      severity: 'warn',
      code: 'prototype.no_output',
      message: `the ETL kept none of the ${sampled} sampled rows`,
      hint: 'Draw a larger sample, or look at the filter.',
    },
  ]
}

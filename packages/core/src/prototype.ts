import { failure } from './codes.ts'
import type { QueryOptions } from './engine.ts'
import { isDayshiftError, messageOf } from './errors.ts'
import { factRow } from './fact-value.ts'
import { Frame } from './frame.ts'
import type { Finding } from './finding.ts'
import { isSamePlace, refuseOverwrite } from './overwrite.ts'
import { makeReport, type Report } from './report.ts'
import type { SampleOptions } from './sampling/plan.ts'
import { ident } from './sql.ts'

/** An ETL: a function from frame to frame. It runs on a sample and on the whole data alike. */
export type Etl = (frame: Frame) => Frame | Promise<Frame>

/** How to prototype: how to draw the sample, and what to do with it. */
export interface PrototypeOptions extends SampleOptions, QueryOptions {
  /** Share of the rows to draw. Default: 1%, where neither `rows` is given nor the frame is a sample already. */
  readonly fraction?: number | string | undefined
  /** Default: gives the sample back as it is. */
  readonly etl?: Etl | undefined
  /** Where to write the ETL's output; the name tells the format. */
  readonly out?: string | undefined
}

/** Rows of the output that a report shows. */
const HEAD = 5

/**
 * Habit 1: draws a sample, runs an ETL on it and profiles what comes out. A frame that is a sample already is taken as it
 * is where no size is given: so an ETL can be tried again and again on the same rows, at once.
 *
 * @throws DS_ETL where the ETL throws or gives back something else than a frame
 * @throws DS_TARGET_IS_SOURCE, DS_OPTION where `out` is a file that is read, or in which broken lines are kept
 * @example
 * const report = await prototype(await open('data.csv'), {
 *   fraction: '1%',
 *   etl: (frame) => frame.dropNulls().derive({ value_squared: sql`value ** 2` }),
 * })
 * console.log(report.facts.sampledRows, report.facts.added)
 */
export async function prototype(frame: Frame, options: PrototypeOptions = {}): Promise<Report<'prototype'>> {
  const started = new Date()
  if (options.rows !== undefined && options.fraction !== undefined) {
    throw failure('DS_UNIT', 'a sample needs either a fraction or a number of rows, not both', {
      hint: 'Leave one of them out.',
    })
  }
  const { out } = options
  if (out !== undefined) {
    refuseOverwrite(out, frame.files)
    if (frame.quarantines.some((file) => isSamePlace(file, out))) {
      throw failure('DS_OPTION', `${out} cannot hold both the broken lines and the rows`, {
        where: out,
        hint: 'Name a file for each.',
      })
    }
  }
  const query: QueryOptions = { signal: options.signal, onProgress: options.onProgress }
  const sampled = sampleOf(frame, options)
  const { readMs, ...manifest } = await sampled.manifest(query)
  const drawnAt = performance.now()
  const planned = await runEtl(options.etl, sampled)
  const plannedAt = performance.now()
  const { output, fixedMs } = options.etl
    ? await computed(options.etl, planned, query)
    : { output: planned, fixedMs: 0 }
  const cachedAt = performance.now()
  const etlMs = cachedAt - drawnAt
  const growingMs = Math.max(0, cachedAt - plannedAt - 2 * fixedMs)
  if (out !== undefined) await output.write(out, query)
  const [before, after, profile, head, hadNulls] = await Promise.all([
    sampled.schema(query),
    output.schema(query),
    output.profile(query),
    output.head(HEAD),
    nullsOf(sampled, query),
  ])
  const { rows: sampledRows, sourceRows = sampledRows } = manifest
  const types = new Map(before.columns.map((column) => [column.name, column]))
  const has = new Set(after.columns.map(({ name }) => name))
  const facts = {
    rows: sourceRows,
    ...(manifest.estimated ? { rowsEstimated: true as const } : {}),
    sampledRows,
    outputRows: profile.rows,
    method: manifest.method,
    seed: manifest.plan.seed,
    columns: after.columns.map(({ name, type }) => ({ name, type })),
    added: [...has].filter((name) => !types.has(name)),
    dropped: [...types.keys()].filter((name) => !has.has(name)),
    retyped: after.columns.flatMap(({ name, type, nativeType }) => {
      const old = types.get(name)
      return old === undefined || old.nativeType === nativeType ? [] : [{ name, from: old.type, to: type }]
    }),
    nullsIntroduced: profile.columns.flatMap(({ name, nulls }) => {
      const had = hadNulls.get(name)
      return nulls > (had ?? 0) ? [{ name, before: had ?? null, after: nulls }] : []
    }),
    head: head.map((row) => factRow(row, after.columns)),
    profile: profile.columns,
    etlMs: Math.round(etlMs),
    ...(readMs === undefined
      ? {}
      : { estimatedFullMs: Math.round(readMs + (growingMs * sourceRows) / Math.max(1, sampledRows)) }),
    sample: manifest,
    ...(options.out === undefined ? {} : { out: options.out }),
  }
  const findings = [
    ...sampled.notes,
    ...(manifest.typesOfSample ? [typesOfSample()] : []),
    ...findingsOf(sourceRows, sampledRows, profile.rows),
  ]
  return makeReport('prototype', frame.dataset, started, facts, findings)
}

function sampleOf(frame: Frame, options: PrototypeOptions): Frame {
  const { etl: _etl, out: _out, signal: _signal, onProgress: _progress, ...asked } = options
  const open = asked.rows === undefined && asked.fraction === undefined
  if (open && frame.isSample) return frame
  if (!open) return frame.sample(asked)
  return frame.sample(asked.method === 'head' ? { ...asked, rows: 1000 } : { ...asked, fraction: 0.01 })
}

async function nullsOf(frame: Frame, query: QueryOptions): Promise<ReadonlyMap<string, number>> {
  const names = frame.columns
  const counts = names.map((name, at) => [`c${at}`, `count(*) - count(${ident(name).text})`])
  const [row] = await frame.summarize(Object.fromEntries(counts) as Record<string, string>).toArray(query)
  return new Map(names.map((name, at) => [name, Number(row?.[`c${at}`])]))
}

async function runEtl(etl: Etl | undefined, sampled: Frame): Promise<Frame> {
  if (!etl) return sampled
  let output: unknown
  try {
    output = await etl(sampled)
    // Asking for the types runs the SQL of the ETL's verbs far enough to find its mistakes.
    if (isFrame(output)) await output.schema()
  } catch (error) {
    throw etlFailed(etl, error)
  }
  if (isFrame(output)) return output
  throw failure('DS_ETL', `the ETL gave back ${output === undefined ? 'nothing' : `a ${typeof output}`}, not a frame`)
}

function etlFailed(etl: Etl, error: unknown): Error {
  if (isDayshiftError(error) && error.code === 'DS_ABORTED') return error
  const place = etl.name === '' || etl.name === 'default' ? 'the ETL' : `the ETL '${etl.name}'`
  return failure('DS_ETL', `${place} failed: ${messageOf(error)}`, {
    cause: error,
    ...(isDayshiftError(error) ? { hint: error.hint } : {}),
  })
}

/** Runs the ETL's verbs over the sample, and keeps what comes out. */
async function computed(etl: Etl, planned: Frame, query: QueryOptions): Promise<{ output: Frame; fixedMs: number }> {
  try {
    const began = performance.now()
    // What planning takes does not grow with the rows.
    await planned.limit(0).toArray(query)
    const fixedMs = performance.now() - began
    return { output: await planned.cache(query), fixedMs }
  } catch (error) {
    throw etlFailed(etl, error)
  }
}

/** Tells a frame of any copy of this package. */
function isFrame(value: unknown): value is Frame {
  return (
    value instanceof Frame || (typeof value === 'object' && value !== null && 'relation' in value && 'engine' in value)
  )
}

function typesOfSample(): Finding {
  return {
    severity: 'info',
    code: 'prototype.types_of_sample',
    message: 'the columns have the types of the rows drawn: not all cells of so large a file were looked at',
    hint: 'On all rows a column may be text. Declare its type (types, --type COL=TYPE), or await frame.schema() before sampling.',
  }
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

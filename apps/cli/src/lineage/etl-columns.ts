import { open, type Etl, type Frame } from '@dayshift/core'
import { isDayshiftError, messageOf } from '@dayshift/core/ground'
import { columnsByTrial, columnsOfFrame, type FoundColumns, type TriedColumn } from '@dayshift/lineage'
import { failure } from '../codes.ts'

/** How an ETL’s functions are tried. */
export interface EtlTrial {
  readonly rows?: number | undefined
  /** 0: they are not. */
  readonly tries?: number | undefined
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What was found of an ETL. */
export interface EtlColumns extends FoundColumns {
  /** What of it was found by trying. */
  readonly tried: readonly TriedColumn[]
}

/** By what it can do: an ETL may have its own copy of the package. */
function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && 'relation' in value && 'schema' in value
}

/** What an ETL gives, with its mistakes found. No rows are read. */
async function outputOf(etl: Etl, frame: Frame, signal: AbortSignal | undefined): Promise<Frame> {
  let output: unknown
  try {
    output = await etl(frame)
    if (isFrame(output)) await output.schema({ signal })
  } catch (error) {
    if (isDayshiftError(error) && error.code === 'DS_ABORTED') throw error
    throw failure('DS_ETL', `the ETL failed: ${messageOf(error)}`, {
      cause: error,
      ...(isDayshiftError(error) ? { hint: error.hint } : {}),
    })
  }
  if (isFrame(output)) return output
  throw failure('DS_ETL', `the ETL gave back ${output === undefined ? 'nothing' : `a ${typeof output}`}, not a frame`)
}

/** Which columns an ETL makes of which: by its verbs, and where they do not tell, by trying it with a few rows. */
export async function columnsOfEtl(frame: Frame, etl: Etl, options: EtlTrial): Promise<EtlColumns> {
  const { rows: count = 50, tries = 10, seed = 42, signal } = options
  const found = await columnsOfFrame(await outputOf(etl, frame, signal))
  const isWhole = found.lineage?.dataset !== undefined && found.warnings.length === 0
  if (isWhole || tries === 0) return { ...found, tried: [] }
  const sample = frame.sample({ rows: count, seed })
  const [schema, rows] = [await frame.schema({ signal }), await sample.toArray({ signal })]
  const types = Object.fromEntries(schema.columns.map(({ name, nativeType }) => [name, nativeType]))
  const trial = await columnsByTrial(
    rows,
    async (given) => (await etl(await open([...given], { engine: frame.engine, types, signal }))).toArray({ signal }),
    { dataset: frame.dataset, columns: frame.columns, tries, seed, ...(signal ? { signal } : {}) },
  )
  if (!trial.lineage) return { ...found, warnings: [...found.warnings, ...trial.warnings], tried: [] }
  const { fields = {}, dataset } = found.lineage ?? {}
  const columns = found.columns.length > 0 ? found.columns : trial.columns
  return {
    ...found,
    columns,
    lineage: { fields: { ...trial.lineage.fields, ...fields }, dataset: dataset ?? trial.lineage.dataset ?? [] },
    warnings: trial.warnings,
    tried: trial.tried.filter(({ to }) => (to === undefined ? dataset === undefined : !Object.hasOwn(fields, to))),
  }
}

import { open, type Etl, type Frame } from '@dayshift/core'
import { columnsByTrial, columnsOfFrame, type FoundColumns, type TriedColumn } from '@dayshift/lineage'

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

/** Which columns an ETL makes of which: by its verbs, and where they do not tell, by trying it with a few rows. */
export async function columnsOfEtl(frame: Frame, etl: Etl, options: EtlTrial): Promise<EtlColumns> {
  const { rows: count = 50, tries = 10, seed = 42, signal } = options
  const found = await columnsOfFrame(await etl(frame))
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

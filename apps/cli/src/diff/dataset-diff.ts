import { compareSchemas, type SchemaChange } from '@dayshift/catalog'
import {
  diffRows,
  type DatasetRef,
  type Finding,
  type Frame,
  type QueryOptions,
  type Report,
  type RowsDiff,
  type Status,
  type TableSchema,
} from '@dayshift/core'
import { drift } from '@dayshift/monitor'
import { validate, type Contract } from '@dayshift/validate'
import { sizeOf } from '../files.ts'

/** What a comparison of two versions looks at. */
export const DIFF_PARTS = ['schema', 'rows', 'contract', 'drift'] as const

export type DiffPart = (typeof DIFF_PARTS)[number]

/** One of the two sides. */
interface DiffSide {
  /** As it was named: `data/train.csv@main`. */
  readonly name: string
  readonly dataset: DatasetRef
  readonly columns: number
  /** Of all files together. */
  readonly bytes: number
  /** That there is none: the dataset is new, or was removed. */
  readonly absent?: true
}

/** What a contract says of one side. */
interface DiffVerdict {
  readonly status: Status
  readonly failedRows: number
  readonly checks: Report<'validate'>['facts']['checks']
}

/** What a contract says of both sides. */
interface ContractDiff {
  /** Left out where there is no such side. */
  readonly before?: DiffVerdict
  readonly after?: DiffVerdict
  /** Ids of checks that held, and do not any more; of a new dataset, those that do not hold. */
  readonly broken: readonly string[]
  /** Ids of checks that did not hold, and do now. */
  readonly mended: readonly string[]
}

/** How two versions of a dataset differ. Parts that were not asked for are left out. */
export interface DatasetDiff {
  readonly before: DiffSide
  readonly after: DiffSide
  /** Whether anything that was looked at differs: schema, rows, the contract's verdict, or a distribution. */
  readonly differs: boolean
  readonly schema?: readonly SchemaChange[]
  readonly rows?: RowsDiff
  readonly contract?: ContractDiff
  readonly drift?: Report<'drift'>
  /** What reading the sides has told. */
  readonly notes: readonly Finding[]
}

/** A side, opened. */
export interface OpenedSide {
  readonly name: string
  readonly frame: Frame
  /** The same as the contract reads it, where that takes other cells as missing. */
  readonly forContract?: Frame
  /** That there is none: the frame has no rows, and the columns of the other side. */
  readonly isAbsent?: true
}

/** What to compare, and how. */
export interface DatasetDiffOptions extends QueryOptions {
  readonly parts: readonly DiffPart[]
  readonly key?: readonly string[] | undefined
  readonly examples?: number | undefined
  readonly contract?: Contract | undefined
  /** Called before each part. */
  readonly onPart?: ((part: DiffPart) => void) | undefined
}

/** Compares two versions of a dataset, part by part. */
export async function diffDatasets(
  before: OpenedSide,
  after: OpenedSide,
  { parts, key, examples, contract, onPart, ...query }: DatasetDiffOptions,
): Promise<DatasetDiff> {
  const look = <Found>(part: DiffPart, work: () => Promise<Found>): Promise<Found> | undefined => {
    if (!parts.includes(part)) return undefined
    onPart?.(part)
    return work()
  }
  const sides = { before: await sideOf(before, query), after: await sideOf(after, query) }
  const schema = await look('schema', () => schemaChanges(before, after, query))
  const rows = await look('rows', () => diffRows(before.frame, after.frame, { key, examples, ...query }))
  const verdicts = contract && (await look('contract', () => contractDiff(before, after, contract, query)))
  // What has nothing to be compared with cannot have drifted.
  const isWhole = !before.isAbsent && !after.isAbsent
  const drifted = isWhole && (await look('drift', () => drift(before.frame, after.frame, { signal: query.signal })))
  const differs =
    !isWhole ||
    (schema?.length ?? 0) > 0 ||
    (rows !== undefined && rows.added + rows.removed + rows.changed > 0) ||
    (verdicts !== undefined && verdicts.before?.status !== verdicts.after?.status) ||
    (drifted ? drifted.facts.driftedColumns.length > 0 : false)
  const notes = [...new Set([...before.frame.notes, ...after.frame.notes])]
  return {
    ...sides,
    differs,
    ...(schema ? { schema } : {}),
    ...(rows ? { rows } : {}),
    ...(verdicts ? { contract: verdicts } : {}),
    ...(drifted ? { drift: drifted } : {}),
    notes,
  }
}

async function sideOf({ name, frame, isAbsent }: OpenedSide, query: QueryOptions): Promise<DiffSide> {
  if (isAbsent) {
    const { version: _none, ...dataset } = frame.dataset
    return { name, dataset, columns: 0, bytes: 0, absent: true }
  }
  const { columns } = await frame.schema(query)
  return { name, dataset: frame.dataset, columns: columns.length, bytes: await sizeOf(frame.files) }
}

async function schemaChanges(before: OpenedSide, after: OpenedSide, query: QueryOptions): Promise<SchemaChange[]> {
  const columnsOf = async ({ frame, isAbsent }: OpenedSide): Promise<TableSchema['columns']> =>
    isAbsent ? [] : (await frame.schema(query)).columns
  return compareSchemas({ schema: await columnsOf(before) }, { schema: await columnsOf(after) })
}

/** Ids of checks that do not hold. */
function failing(verdict: DiffVerdict | undefined): Set<string> {
  return new Set((verdict?.checks ?? []).filter(({ passed }) => !passed).map(({ id }) => id))
}

async function contractDiff(
  before: OpenedSide,
  after: OpenedSide,
  contract: Contract,
  query: QueryOptions,
): Promise<ContractDiff> {
  const [old, now] = [await verdictOf(before, contract, query), await verdictOf(after, contract, query)]
  const [failed, fails] = [failing(old), failing(now)]
  return {
    ...(old ? { before: old } : {}),
    ...(now ? { after: now } : {}),
    broken: [...fails].filter((id) => !failed.has(id)),
    mended: now ? [...failed].filter((id) => !fails.has(id)) : [],
  }
}

async function verdictOf(
  { frame, forContract, isAbsent }: OpenedSide,
  contract: Contract,
  query: QueryOptions,
): Promise<DiffVerdict | undefined> {
  if (isAbsent) return undefined
  const { status, facts } = await validate(forContract ?? frame, contract, query)
  return { status, failedRows: facts.failedRows, checks: facts.checks }
}

import { randomUUID } from 'node:crypto'
import { isDayshiftError, makeReport, throwIfAborted, type Finding, type Report } from '@dayshift/core'
import { failure } from './codes.ts'
import { changedFields, datasetToRegister, entryFrom, type CatalogEntry, type RegisterInput } from './entry.ts'
import type { CatalogStore } from './store.ts'
import { jsonlStore } from './stores/jsonl.ts'

/** How a dataset is registered. */
export interface RegisterOptions {
  /** Where the catalog is kept; default: a file at `path`. */
  readonly store?: CatalogStore
  /** The catalog's file; default `data_catalog.jsonl` in the working directory. */
  readonly path?: string
  /** Say what would change, and write nothing; default false. */
  readonly dryRun?: boolean
  /** The time that the entry is stamped with; default: now. */
  readonly now?: Date
  readonly signal?: AbortSignal
  /** What reading the data told (`frame.notes`); stands in the report. */
  readonly notes?: readonly Finding[]
}

/** Each lost race means that another process got its revision in, so this many are not lost for nothing. */
const ATTEMPTS = 100

/**
 * Registers a dataset in the catalog: creates its entry, or adds a revision where something changed. Where nothing
 * changed, nothing is written.
 *
 * @throws DS_CATALOG_INPUT, with all problems of the input; DS_LOCKED, DS_WRITE or DS_SOURCE_UNREADABLE where
 * the catalog cannot be read or written; DS_ABORTED
 * @example
 * const report = await register({ dataset: fileDataset('data/weather.csv', process.cwd()), name: 'weather',
 *   description: 'Hourly weather', schema: { columns: [] } })
 * report.facts.revision // 1
 */
export async function register(input: RegisterInput, options: RegisterOptions = {}): Promise<Report<'register'>> {
  const started = new Date()
  const { store = jsonlStore(options.path ?? 'data_catalog.jsonl'), dryRun = false, now = started, signal } = options
  refuseProblems(input)
  const dataset = datasetToRegister(input)
  const key = { namespace: dataset.namespace, name: dataset.name, dataset_name: input.name }
  const stamp = { id: randomUUID(), at: now.toISOString() }

  let previous: CatalogEntry | undefined
  let entry: CatalogEntry
  let changed: string[]
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal)
    previous = await store.get(key)
    entry = entryFrom(input, stamp, previous)
    changed = changedFields(previous, entry)
    if (dryRun || changed.length === 0) break
    try {
      await store.put(entry)
      break
    } catch (error) {
      if (attempt === ATTEMPTS || !isDayshiftError(error) || error.code !== 'DS_CATALOG_CONFLICT') throw error
    }
  }

  const kept = previous !== undefined && changed.length === 0 ? previous : entry
  const findings = [
    ...(options.notes ?? []),
    ...ownFindings(kept, changed, dryRun),
    ...(previous === undefined ? await namesakes(store, kept) : []),
    ...((await store.check?.()) ?? []),
  ]
  const facts = {
    id: kept.unique_id,
    revision: kept.revision,
    created: previous === undefined,
    changed,
    catalog: store.place,
  }
  return makeReport('register', dataset, started, facts, findings)
}

function refuseProblems({ dataset, name, description, schema, rows, bytes }: RegisterInput): void {
  const problems: string[] = []
  if (name.trim() === '') problems.push('name is empty')
  if (typeof description !== 'string') problems.push('description is not text')
  if (dataset.namespace === '') problems.push('dataset.namespace is empty')
  if (dataset.name === '') problems.push('dataset.name is empty')
  for (const [key, count] of Object.entries({ rows, bytes })) {
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0))
      problems.push(`${key} is not a count: ${count}`)
  }
  const seen = new Set<string>()
  for (const column of schema.columns) {
    if (seen.has(column.name)) problems.push(`schema has the column ${JSON.stringify(column.name)} twice`)
    seen.add(column.name)
  }
  if (problems.length > 0)
    throw failure('DS_CATALOG_INPUT', `cannot register ${name || 'a dataset'}: ${problems.join('; ')}`)
}

function ownFindings(entry: CatalogEntry, changed: readonly string[], dryRun: boolean): Finding[] {
  const findings: Finding[] = []
  if (changed.length === 0) {
    const message = `${entry.dataset_name} is in the catalog as it is, revision ${entry.revision}; nothing was written`
    findings.push({ severity: 'info', code: 'register.unchanged', message })
  } else if (dryRun) {
    const message = `revision ${entry.revision} of ${entry.dataset_name} was not written, as asked`
    findings.push({ severity: 'info', code: 'register.dry-run', message })
  }
  if (entry.description.trim() === '') {
    findings.push({
      severity: 'info',
      code: 'register.undescribed',
      message: `${entry.dataset_name} has no description`,
      hint: 'Say in a sentence what a row is and where it comes from.',
    })
  }
  return findings
}

/** A dataset in another place under the same name may be the same one moved, which no rule can tell. */
async function namesakes(store: CatalogStore, entry: CatalogEntry): Promise<Finding[]> {
  const others = (await store.list()).filter(
    (other) =>
      other.dataset_name === entry.dataset_name && (other.namespace !== entry.namespace || other.name !== entry.name),
  )
  return others.map((other) => ({
    severity: 'info',
    code: 'register.same-name',
    message: `${other.storage_path} is in the catalog as ${other.dataset_name} too`,
    hint: 'Give them different names, unless the dataset moved.',
  }))
}

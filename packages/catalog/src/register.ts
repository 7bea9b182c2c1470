import { randomUUID } from 'node:crypto'
import { makeReport, type Finding, type Report } from '@dayshift/core/ground'
import type { CatalogEntry } from './entry.ts'
import { changedFields, datasetToRegister, entryFrom, refuseProblems, type RegisterInput } from './input.ts'
import { revise } from './revise.ts'
import { compareSchemas, type SchemaChange } from './schema-change.ts'
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

  const { previous, made } = await revise(
    store,
    key,
    (current) => {
      const next = entryFrom(input, stamp, current)
      const changes = changedFields(current, next)
      return { next, changed: changes, ...(changes.length === 0 ? {} : { entry: next }) }
    },
    { dryRun, signal },
  )
  const { next: entry, changed } = made
  const schema = previous === undefined ? [] : compareSchemas(previous, entry)
  const kept = previous !== undefined && changed.length === 0 ? previous : entry
  const findings = [
    ...(options.notes ?? []),
    ...ownFindings(kept, changed, dryRun),
    ...schemaFindings(kept, schema),
    ...(previous === undefined ? await namesakes(store, kept) : []),
    ...((await store.check?.()) ?? []),
  ]
  const facts = {
    id: kept.unique_id,
    revision: kept.revision,
    created: previous === undefined,
    changed,
    ...(schema.length === 0 ? {} : { schemaChanges: schema }),
    catalog: store.place,
  }
  return makeReport('register', dataset, started, facts, findings)
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

/** What a change of the schema does to who reads the data. */
function schemaFindings({ dataset_name, unique_id }: CatalogEntry, changes: readonly SchemaChange[]): Finding[] {
  // What a shell would take apart is named by its id.
  const word = /^[\w.-]+$/.test(dataset_name) ? dataset_name : unique_id
  return changes.map(({ class: kind, column, message }) => ({
    severity: kind === 'breaking' ? 'warn' : 'info',
    code: `register.schema-${kind}`,
    message,
    column,
    ...(kind === 'breaking' ? { hint: `dayshift catalog diff ${word} tells whom that touches.` } : {}),
  }))
}

/** A dataset in another place under the same name may be the same one moved, which no rule can tell. */
async function namesakes(store: CatalogStore, entry: CatalogEntry): Promise<Finding[]> {
  const others = (await store.list()).filter(
    (other) =>
      other.deleted_at === undefined &&
      other.dataset_name === entry.dataset_name &&
      (other.namespace !== entry.namespace || other.name !== entry.name),
  )
  return others.map((other) => ({
    severity: 'info',
    code: 'register.same-name',
    message: `${other.storage_path} is in the catalog as ${other.dataset_name} too`,
    hint: 'Give them different names, unless the dataset moved.',
  }))
}

import type { ParentRun, RunRef } from './facets.ts'
import { isUuid } from './uuid.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The run that started this process, as schedulers tell it in `OPENLINEAGE_PARENT_ID`, `namespace/name/runId`, and the one
 * at the top in `OPENLINEAGE_ROOT_PARENT_ID`. A namespace may have slashes (`spark://host`), a name may not.
 *
 * @returns undefined where there is none, or what is there is none
 * @example parentFromEnv({ OPENLINEAGE_PARENT_ID: 'airflow/daily.load/01936b5c-8c00-7a31-b1c2-3d4e5f607182' })
 */
export function parentFromEnv(env: Env): ParentRun | undefined {
  const parent = runOfId(env['OPENLINEAGE_PARENT_ID'])
  const root = runOfId(env['OPENLINEAGE_ROOT_PARENT_ID'])
  return parent && (root ? { ...parent, root } : parent)
}

/**
 * What a process is told whose parent a run is: variables for its environment.
 *
 * @param run with its own parent, where it has one
 * @example spawn('python', ['etl.py'], { env: { ...process.env, ...envOfParent({ runId, job }) } })
 */
export function envOfParent({
  parent,
  ...run
}: RunRef & { readonly parent?: ParentRun | undefined }): Record<string, string> {
  const { root, ...above } = parent ?? { ...run, root: undefined }
  return { OPENLINEAGE_PARENT_ID: idOf(run), OPENLINEAGE_ROOT_PARENT_ID: idOf(root ?? above) }
}

function idOf({ runId, job }: RunRef): string {
  return `${job.namespace}/${job.name}/${runId}`
}

function runOfId(id: string | undefined): RunRef | undefined {
  const [, namespace, name, runId] = /^(.+)\/([^/]+)\/([^/]+)$/.exec(id?.trim() ?? '') ?? []
  if (namespace === undefined || name === undefined || runId === undefined || !isUuid(runId)) return undefined
  return { runId, job: { namespace, name } }
}

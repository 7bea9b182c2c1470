import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Context } from './command.ts'

/** The catalog's file, in the project's folder. */
export const CATALOG_FILE = 'data_catalog.jsonl'

/** The lineage log's file, in the project's folder. */
export const LINEAGE_FILE = 'metadata_log.jsonl'

/** The history of reports, in the project's folder. */
export const HISTORY_FILE = join('.dayshift', 'reports.jsonl')

/** The page about the last run, in the project's folder. */
export const PAGE_FILE = join('.dayshift', 'report.html')

/** What the last runs found, by which the next one tells that nothing has changed, in the project's folder. */
export const RUNS_FOLDER = join('.dayshift', 'runs')

/** Which alerts there are, and who was told of them, in the project's folder. */
export const ALERTS_FILE = join('.dayshift', 'alerts.json')

/** Where the same is kept while nothing can be written in the project's folder: in the user's own, by the name of that. */
export function alertsElsewhere(root: string, env: Readonly<Record<string, string | undefined>>): string {
  const own = env['XDG_STATE_HOME']?.trim() || env['LOCALAPPDATA']?.trim() || join(homedir(), '.local', 'state')
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return join(own, 'dayshift', `alerts-${name}.json`)
}

/** Where lineage events wait that no server took yet, in the project's folder. */
export const SPOOL_FOLDER = join('.dayshift', 'spool')

/** Comparisons of versions that need not be made again, in the project's folder. */
export const KEPT_COMPARISONS = join('.dayshift', 'drift')

/** Profiles of versions, which runs compare with in place of their rows, in the project's folder. */
export const KEPT_PROFILES = join('.dayshift', 'profiles')

/** Where snapshots of large files are kept, in the folder of the files. */
export function snapshotsOf(folder: string): string {
  return join(folder, '.dayshift', 'index')
}

/** The folder that catalog, lineage and history are kept in: the project's, or the working directory without one. */
export async function rootOf(context: Pick<Context, 'project' | 'cwd'>): Promise<string> {
  return (await context.project())?.root ?? context.cwd
}

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { jsonlStore, namedEntry } from '@dayshift/catalog'
import { datasetOf, isDayshiftError, nearest } from '@dayshift/core/ground'
import {
  graphOf,
  nodeKey,
  readLineageLog,
  type GraphDataset,
  type GraphNode,
  type LineageGraph,
  type LineageLog,
} from '@dayshift/lineage'
import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import type { Flags } from '../flags.ts'
import { tellDamage } from '../journal-check.ts'
import { CATALOG_FILE, LINEAGE_FILE, rootOf, snapshotsOf } from '../places.ts'

/** Flags of all that reads a lineage log. */
export const lineageFlags = {
  lineage: { type: 'string', value: 'FILE', help: `the lineage log (default: ${LINEAGE_FILE})` },
} as const satisfies Flags

type LineageContext = Pick<Context, 'cwd' | 'project' | 'terminal' | 'signal'> & {
  readonly flags: { readonly lineage?: string | undefined }
}

/** @throws DS_SOURCE_NOT_FOUND where there is no log */
export async function existingLog(context: Omit<LineageContext, 'terminal' | 'signal'>): Promise<string> {
  const { flags, cwd } = context
  const path = flags.lineage === undefined ? join(await rootOf(context), LINEAGE_FILE) : resolve(cwd, flags.lineage)
  if (existsSync(path)) return path
  throw failure('DS_SOURCE_NOT_FOUND', `there is no lineage log ${path}`, {
    where: path,
    hint: 'Log a run first: dayshift log data.csv --origin ADDRESS, or dayshift run.',
  })
}

/** A lineage log, read. */
interface OpenLog extends LineageLog {
  readonly path: string
  readonly folder: string
}

/** Reads the log that a command means, and tells what is wrong with it. */
export async function openLog(context: LineageContext): Promise<OpenLog> {
  const path = await existingLog(context)
  const folder = dirname(path)
  const log = await readLineageLog(path, { snapshots: snapshotsOf(folder), signal: context.signal })
  const [first, ...more] = log.damage
  if (first) {
    const told = `${first.file}, byte ${first.offset}: ${first.reason}`
    tellDamage(told, more.length > 0, 'lineage fsck', context.terminal)
  }
  return { ...log, path, folder }
}

/** The graph of a log. */
export function graphOfLog(log: LineageLog, history = false): LineageGraph {
  return graphOf(log.runs, { jobs: log.jobs, history })
}

/**
 * The node that a word names: a dataset by its path, address, name in lineage or name in the catalog; a job by its name, or
 * namespace and name.
 *
 * @returns its key
 * @throws DS_LINEAGE_UNKNOWN, with the nearest name
 */
export async function nodeNamed(
  graph: LineageGraph,
  word: string,
  { folder, runs }: Pick<OpenLog, 'folder' | 'runs'>,
  cwd: string,
): Promise<string> {
  const byPath = nodeKey('dataset', datasetOf(word, cwd))
  const known = graph.aliases.get(byPath) ?? byPath
  if (graph.nodes.has(known)) return known
  const isWord = ({ namespace, name }: GraphDataset): boolean => name === word || `${namespace}/${name}` === word
  const named = (kind: GraphNode['kind']): [string, GraphNode][] =>
    [...graph.nodes].filter(([, node]) => node.kind === kind && [node, ...(node.aliases ?? [])].some(isWord))
  const listed = await fromCatalog(word, folder, cwd)
  const inCatalog = listed === undefined ? undefined : graph.nodes.get(listed)
  const ways = [named('dataset'), inCatalog ? [[listed as string, inCatalog] as const] : [], named('job')]
  for (const found of ways) {
    const [only, other] = found
    if (only && !other) return only[0]
    if (!other) continue
    const all = found.map(([, { namespace, name }]) => `${namespace}/${name}`).join(', ')
    throw failure('DS_USAGE', `${word} is the name of ${found.length} nodes`, {
      hint: `Name one with its namespace: ${all}.`,
    })
  }
  const own = datasetOf(word, cwd)
  const isOwn = (dataset: GraphDataset): boolean =>
    isWord(dataset) || (dataset.namespace === own.namespace && dataset.name === own.name)
  const earlier = runs.find(({ inputs, outputs }) => [...inputs, ...outputs].some(isOwn))
  if (earlier) {
    throw failure(
      'DS_LINEAGE_UNKNOWN',
      `the last run of ${earlier.job.name} has nothing to do with ${word}; an earlier one has`,
      {
        hint: 'Add --history for all runs; give different work different jobs (--job) to have all of it without.',
      },
    )
  }
  const near = nearest(
    word,
    [...graph.nodes.values()].map(({ name }) => name),
  )
  throw failure(
    'DS_LINEAGE_UNKNOWN',
    `no run in the log has to do with ${word}`,
    near === undefined ? {} : { hint: `Did you mean ${near}?` },
  )
}

/** The dataset that the catalog beside the log calls so. */
async function fromCatalog(word: string, folder: string, cwd: string): Promise<string | undefined> {
  try {
    const { namespace, name } = namedEntry(await jsonlStore(join(folder, CATALOG_FILE)).list(), word, cwd)
    return namespace === undefined || name === undefined ? undefined : nodeKey('dataset', { namespace, name })
  } catch (error) {
    if (isDayshiftError(error)) return undefined
    throw error
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { unreadable } from '../cache/hash.ts'
import { openLanding } from '../cache/landing.ts'
import { cachePlaceOf } from '../cache/objects.ts'
import { failure } from '../codes.ts'
import { hashOf } from '../formats/dvcfile.ts'
import { readLockfile } from '../formats/lockfile.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { presenceOf, type PresenceOptions } from './presence.ts'
import { transferEach } from './pool.ts'
import { readWhole } from './receive.ts'
import { withRetries } from './retry.ts'
import { needPut } from './session.ts'
import type { WantedData } from './wanted.ts'

/** Where a cache or a remote keeps what runs of stages have made: `runs/<two digits>/<key>/<value>`, each 64 digits. */
const RUNS = 'runs/'
const RUN = /^runs\/([0-9a-f]{2})\/\1[0-9a-f]{62}\/[0-9a-f]{64}$/

/** What of the run-cache was transferred, and the data that it speaks of. */
export interface RunTransfer {
  /** Runs that one side lacked. */
  readonly runs: number
  readonly wanted: readonly WantedData[]
}

/**
 * Sends the records of runs that a remote lacks. Each tells which data a stage made of which, for DVC's `repro` to use again.
 *
 * @returns with the data that all runs of the cache speak of
 * @throws DS_REMOTE_UNSUPPORTED where the remote cannot list them, DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
 */
export async function pushRuns(
  { config: { cacheDir } }: DvcRepo,
  remote: Remote,
  name: string,
  options: PresenceOptions,
): Promise<RunTransfer> {
  needPut(remote, name)
  needList(remote, name)
  const keys = runsIn(cacheDir)
  const held = await presenceOf(remote, keys, options)
  const lacking = keys.filter((key) => !held.has(key))
  const [failed] = await transferEach(lacking, options.jobs, options.signal, async (key) => {
    const content = readRun(join(cacheDir, key))
    const upload = { bytes: content.length, open: () => [content] }
    await withRetries(`${remote.url}/${key}`, options, async () => remote.put?.(key, upload, options))
  })
  if (failed) throw failed.error
  await remote.settle?.()
  return { runs: lacking.length, wanted: keys.flatMap((key) => wantedOf(readRun(join(cacheDir, key)), key)) }
}

/**
 * Brings the records of runs that the cache lacks.
 *
 * @returns with the data that those speak of which came
 * @throws as {@link pushRuns}; DS_DVC_WRITE
 */
export async function fetchRuns(
  { config }: DvcRepo,
  remote: Remote,
  name: string,
  options: PresenceOptions,
): Promise<RunTransfer> {
  const list = needList(remote, name)
  const own = new Set(runsIn(config.cacheDir))
  const theirs = await withRetries(`${remote.url}/${RUNS}`, options, async () => {
    const keys: string[] = []
    for await (const page of list(RUNS, options)) keys.push(...page.map(({ key }) => key))
    return keys
  })
  const lacking = theirs.filter((key) => RUN.test(key) && !own.has(key))
  const landing = openLanding(cachePlaceOf(config))
  const wanted: WantedData[] = []
  try {
    const [failed] = await transferEach(lacking, options.jobs, options.signal, async (key) => {
      const content = await readWhole(remote, key, options)
      if (!content) return
      // What is no record of a run is refused here.
      wanted.push(...wantedOf(content, `${remote.url}/${key}`))
      landing.write(key, content)
    })
    if (failed) throw failed.error
    await landing.settle()
  } finally {
    landing.discard()
  }
  return { runs: lacking.length, wanted }
}

function needList(remote: Remote, name: string): NonNullable<Remote['list']> {
  if (remote.list) return remote.list.bind(remote)
  throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) keeps no run-cache: it lists nothing`, {
    where: name,
    hint: 'Leave out --run-cache.',
  })
}

function runsIn(cacheDir: string): string[] {
  try {
    return readdirSync(join(cacheDir, RUNS), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(cacheDir.length + 1))
      .filter((key) => RUN.test(key))
      .toSorted()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw unreadable(join(cacheDir, RUNS), error)
  }
}

function readRun(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The data that a run has made. Its record is what `dvc.lock` says of a stage. */
function wantedOf(content: Buffer, where: string): WantedData[] {
  const lines = content.toString().replaceAll(/^(?=.)/gm, '    ')
  const made = readLockfile(`schema: '2.0'\nstages:\n  run:\n${lines}`, where).get('run')
  return [...(made ?? [])].flatMap(([path, entry]) => {
    const hash = hashOf(entry)
    if (!hash) return []
    const flags = { cache: true, persist: false, push: true, frozen: false, isImport: false }
    return [{ hash, path, isCurrent: false, selection: { output: { path, file: where, hash, ...flags } } }]
  })
}

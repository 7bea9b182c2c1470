import { createHash, type Hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { findFiles, type AnyReport } from '@dayshift/core'
import { isAddress, readTextFileSync, writeAtomically } from '@dayshift/core/ground'
import { readReference } from '@dayshift/monitor'
import type { SkippedStep } from '../command.ts'
import type { DatasetDefinition } from '../define-project.ts'
import { ownVersion } from '../own-version.ts'
import { CATALOG_FILE, RUNS_FOLDER } from '../places.ts'
import type { Project } from '../project.ts'
import { exactJson } from './exact-json.ts'
import type { RunState } from './run-record.ts'

/** What a run found of a dataset, and of what. */
export interface RememberedRun {
  /** Stands for all that the results come from. */
  readonly key: string
  /** When the run ended, in milliseconds. */
  readonly at: number
  readonly reports: readonly AnyReport[]
  readonly skipped: readonly SkippedStep[]
  readonly stoppedAt?: string | undefined
}

/** Contracts and ETLs may look at the clock: what they found holds for a day, in milliseconds. */
const HOLDS = 24 * 60 * 60 * 1000

/** A file that was written so shortly before it was looked at may change without a sign, in milliseconds. */
const RACY = 50

/**
 * What an earlier run found of a dataset, where nothing has changed since that it comes from.
 *
 * @param key of {@link keysOfRun}
 */
export function recallRun(root: string, dataset: string, key: string, now: number): RememberedRun | undefined {
  try {
    const run = JSON.parse(readTextFileSync(fileOf(root, dataset))) as RememberedRun
    return run.key === key && now - run.at < HOLDS && now >= run.at ? run : undefined
  } catch {
    // None, or one that was cut off: the steps run.
    return undefined
  }
}

/** Keeps what a run found, where JSON can hold it. The folder is this machine's own: git is told to leave it out. */
export async function rememberRun(root: string, dataset: string, run: RememberedRun): Promise<void> {
  const text = exactJson(run)
  if (text === undefined) return
  const file = fileOf(root, dataset)
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(folder, '.gitignore'))) writeFileSync(join(folder, '.gitignore'), '*\n')
  await writeAtomically(file, async (temporary) => writeFileSync(temporary, text), { refusesPipes: true })
}

function fileOf(root: string, dataset: string): string {
  return join(root, RUNS_FOLDER, `${encodeURIComponent(dataset)}.json`)
}

/** What stands for where a run's results come from: the data and the project's code and settings, and what a run writes. */
export interface RunKeys extends RunState {
  /** For all of it; undefined where the clock decides too what is compared with. */
  readonly all: string | undefined
}

/**
 * Tells whether a run would find anything new of a dataset: keys are the same where all is as it was.
 *
 * @param steps the steps that run
 * @returns undefined where it cannot be told: data that lies elsewhere, that is not there, or that was just written
 */
export async function keysOfRun(
  project: Project,
  dataset: string,
  steps: readonly string[],
): Promise<RunKeys | undefined> {
  const { root, modules } = project
  const { contract: _contract, ...definition } = project.datasets[dataset] as DatasetDefinition
  const { reference } = definition.drift || {}
  const { sql } = definition.log || {}
  const places = placesOf(project, dataset)
  if (places.some(isAddress)) return undefined
  const read = createHash('sha256')
  const recorded = createHash('sha256')
  const written = createHash('sha256')
  const hasCatalog = existsSync(join(root, CATALOG_FILE))
  try {
    // Functions and contracts are what their modules are; the settings that are left may come from an environment.
    const settings = JSON.stringify([definition, project.engine ?? {}])
    addTo(read, ownVersion(), process.version, root, project.name, dataset, ...steps, settings)
    for (const module of modules) addTo(read, module, contentOf(module))
    if (sql !== undefined) addTo(read, contentOf(resolve(root, sql)))
    for (const place of places) {
      const path = resolve(root, place)
      const found = await findFiles(path)
      if (found === undefined && place === definition.source) return undefined
      addTo(recorded, contentOf(`${path}.dvc`))
      for (const { path: file } of found?.files ?? []) {
        const { mtimeNs, size, ino } = statSync(file, { bigint: true })
        if (Date.now() - Number(mtimeNs / 1_000_000n) < RACY) return undefined
        addTo(read, file, mtimeNs, size, ino)
        addTo(recorded, contentOf(`${file}.dvc`))
      }
    }
    if (reference === 'previous' || reference?.startsWith('@')) addTo(written, headOf(root))
    addTo(written, hasCatalog ? 1 : 0)
  } catch {
    // What cannot be looked at is for the steps to tell.
    return undefined
  }
  const data = read.digest('hex')
  const versions = recorded.digest('hex')
  const all = `${data} ${versions} ${written.digest('hex')}`
  return {
    read: data,
    versions,
    hasCatalog,
    all: reference !== undefined && goesByClock(reference) ? undefined : all,
  }
}

/** Which versions are the same weekday's depends on when it is asked. */
function goesByClock(reference: string): boolean {
  const rule = readReference(reference)
  return rule !== undefined && rule.name !== 'previous'
}

/** Where the data of a dataset lies, and what it is compared with or made of. */
function placesOf({ datasets }: Project, dataset: string): string[] {
  const { source, inputs = [], log, drift } = datasets[dataset] as DatasetDefinition
  const { origin, inputs: tables = {} } = log || {}
  const { reference } = drift || {}
  const isVersion = reference === undefined || reference === 'previous' || reference.startsWith('@')
  const others = [...inputs, ...Object.values(tables), ...(isVersion ? [] : [reference])]
  // Where data came from is only told; it is not looked at where it lies elsewhere.
  const named = origin === undefined || isAddress(origin) ? others : [...others, origin]
  return [source, ...named.map((word) => datasets[word]?.source ?? word)]
}

function addTo(hash: Hash, ...words: readonly (string | number | bigint)[]): void {
  hash.update(`${words.join('\0')}\n`)
}

function contentOf(file: string): string {
  return existsSync(file) && statSync(file).isFile()
    ? createHash('sha256').update(readFileSync(file)).digest('hex')
    : 'none'
}

/** What git's log of its head says last: it changes with each commit and checkout. */
function headOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const log = join(folder, '.git', 'logs', 'HEAD')
    if (statSync(log, { throwIfNoEntry: false })?.isFile())
      return readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? ''
    if (dirname(folder) === folder) return ''
  }
}

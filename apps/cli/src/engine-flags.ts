import { constants, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Engine } from '@dayshift/core'
import { parseSize } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { EngineDefinition } from './define-project.ts'
import { numberFlag, type Flags, type FlagValues } from './flags.ts'
import type { Project } from './project.ts'

/** Flags that say what the engine may use. */
export const engineFlags = {
  memory: { type: 'string', value: '2GB', help: 'memory that queries may use (default: 80 % of the machine’s)' },
  threads: { type: 'string', value: 'N', help: 'threads that queries may use (default: all cores)' },
  temp: { type: 'string', value: 'DIR', help: 'where queries spill (default: the system’s temporary folder)' },
} as const satisfies Flags

/** With less than this the engine does not even start its work, in bytes. */
const LEAST_MEMORY = 32_000_000

/**
 * Starts the engine of a run as the flags say, or the project where they say nothing.
 *
 * @throws DS_USAGE for what the engine cannot have
 */
export async function startEngine(
  flags: FlagValues<typeof engineFlags>,
  cwd: string,
  project: Project | undefined,
): Promise<Engine> {
  const configured: EngineDefinition = project?.engine ?? {}
  const memory = memoryOf(flags.memory ?? configured.memory)
  const threads = threadsOf(numberFlag('threads', flags.threads) ?? configured.threads)
  const temp =
    flags.temp === undefined
      ? configured.temp && resolve(project?.root ?? cwd, configured.temp)
      : resolve(cwd, flags.temp)
  if (temp !== undefined) await checkFolder(temp)
  const { createDuckdb } = await import('@dayshift/core')
  return createDuckdb({
    ...(memory === undefined ? {} : { memoryLimit: memory }),
    ...(threads === undefined ? {} : { threads }),
    ...(temp === undefined ? {} : { tempDirectory: temp }),
  })
}

function memoryOf(size: string | number | undefined): string | undefined {
  if (size === undefined) return undefined
  const bytes = parseSize(size)
  if (bytes < LEAST_MEMORY) throw failure('DS_USAGE', `--memory ${size} is too little`, { hint: 'Give 32MB or more.' })
  return `${bytes}B`
}

function threadsOf(threads: number | undefined): number | undefined {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= 1024)) return threads
  throw failure('DS_USAGE', `--threads takes a whole number from 1 to 1024, not ${threads}`)
}

async function checkFolder(folder: string): Promise<void> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw failure('DS_USAGE', `--temp: there is no folder ${folder}`)
  }
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw failure('DS_USAGE', `--temp: nothing can be written to ${folder}`, { cause: error })
  })
}

import { execFile } from 'node:child_process'
import { existsSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { formatDuration, formatSize } from '@dayshift/core/ground'
import { ownVersion } from '../own-version.ts'
import { CATALOG_FILE, HISTORY_FILE, LINEAGE_FILE } from '../places.ts'
import { broken, doubtful, well, type Check, type Patient } from './check.ts'

const run = promisify(execFile)

/** Below this, in bytes, work that spills or copies may not end; below a tenth of it, none will. */
const LITTLE_ROOM = 1e9

/** How far ahead of the clock a file's time may lie, in seconds. */
const SKEW = 300

/** Node, dayshift and the system. */
export function runtimeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const words = `dayshift ${ownVersion()} on Node ${process.versions.node}, ${process.platform} ${process.arch}`
  const isOld = major < 20 || (major === 20 && minor < 19)
  return isOld ? broken('runtime', words, 'Node 20.19 or later is needed.') : well('runtime', words)
}

/** The engine starts and answers. */
export async function engineCheck({ engine }: Patient): Promise<Check> {
  const started = await engine()
  const [row] = await started.query(
    "SELECT version() AS version, current_setting('threads') AS threads, current_setting('memory_limit') AS memory",
  )
  const { version, threads, memory } = row ?? {}
  return well('engine', `DuckDB ${String(version)}, ${String(threads)} threads, up to ${String(memory)}`)
}

/** Git is here, and knows who commits. */
export async function gitCheck({ cwd }: Patient): Promise<Check> {
  const ask = async (...words: string[]): Promise<string | undefined> => {
    try {
      return (await run('git', words, { cwd })).stdout.trim()
    } catch {
      return undefined
    }
  }
  const version = await ask('--version')
  if (version === undefined) {
    return doubtful('git', 'git is not here', 'Install it: versions are recorded in git. Without it, use --no-scm.')
  }
  const words = version.replace('git version', 'git')
  const top = await ask('rev-parse', '--show-toplevel')
  if (top === undefined) return well('git', `${words}; this folder is in no repository`)
  const [name, email] = [await ask('config', 'user.name'), await ask('config', 'user.email')]
  if (!name || !email) {
    const hint = 'Tell git who you are: git config --global user.name NAME, and user.email ADDRESS.'
    return doubtful('git', `${words}; nobody is named as the author of commits`, hint)
  }
  return well('git', `${words}, in ${top}`)
}

/** There is room where work writes. */
export function diskChecks(root: string): Check[] {
  const places = [['disk', root] as const, ['temporary files', tmpdir()] as const]
  return places.map(([name, folder]) => {
    const { bavail, bsize, ffree, files } = statfsSync(folder)
    const free = bavail * bsize
    const words = `${formatSize(free)} free in ${folder}`
    if (files > 0 && ffree < 1000) return broken(name, `${words}, but no room for more files`, 'Remove files there.')
    if (free < LITTLE_ROOM / 10) return broken(name, words, 'Make room: almost nothing can be written.')
    if (free < LITTLE_ROOM) return doubtful(name, words, 'Make room, or name another folder with --temp.')
    return well(name, words)
  })
}

/** The clock is not behind what was written here. */
export function clockCheck(root: string, now: number): Check {
  const ahead = [CATALOG_FILE, LINEAGE_FILE, HISTORY_FILE].flatMap((name) => {
    const path = join(root, name)
    const seconds = existsSync(path) ? (statSync(path).mtimeMs - now) / 1000 : 0
    return seconds > SKEW ? [`${name} was written ${formatDuration(Math.round(seconds))} from now`] : []
  })
  const [first] = ahead
  if (first === undefined) return well('clock', new Date(now).toISOString())
  return doubtful('clock', first, 'Set the clock: ages, versions and lineage are told by it.')
}

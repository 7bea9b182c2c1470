import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDayshiftError, messageOf } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { withLock } from '../lock.ts'
import { readAlertState, setAside, writeAlertState, type ReadState } from './state-file.ts'
import type { AlertState } from './state.ts'

/** Seconds that another process may take for the file. */
const FILE_PATIENCE = 10

/** Keeps the state of alerts on the disk, wherever that can be. */
interface Keeper {
  /** Changes the state on the disk. Where that cannot be, what would be there, of `from` or of what was read. */
  change(from: AlertState | undefined, by: (state: AlertState) => AlertState): Promise<AlertState>
  read(): Promise<AlertState>
  /** The file that it is kept in. */
  place(): string
  /** Whether it is kept anywhere. */
  isKept(): boolean
  /** What is wrong with the file. */
  readonly findings: readonly Finding[]
}

/** Where the state is kept. */
interface KeptAt {
  readonly path: string
  /** Where it is kept while there is no way to that. */
  readonly fallback: string | undefined
  readonly clock: () => Date
}

/**
 * Keeps the state of alerts in a file. One that is damaged, or cannot be read, is put aside; where no file can be made at its place, the
 * fallback takes it up, and gives it back once there is a way again. So an alert is told once, whatever lies in the way.
 */
export function keeperOf({ path, fallback, clock }: KeptAt): Keeper {
  const findings: Finding[] = []
  let place = path
  let isKept = true
  let known: AlertState | undefined

  const warn = (code: string, message: string): void => {
    findings.push({ severity: 'warn', code, message })
  }
  const readWhole = async (at: string): Promise<AlertState> => {
    const { state, isWhole, why } = await readOrWhy(at)
    if (isWhole) return state
    const aside = await setAside(at, clock())
    const told = state.size === 1 ? '1 alert' : `${state.size} alerts`
    const read = why === undefined ? `${told} could be read and go on, others that` : 'what'
    warn(
      'alerts.set_aside',
      `${why ?? `${at} is damaged`}: ${read} still are there are told again; it is kept as ${aside}`,
    )
    return state
  }
  /** The state, and whether it holds what the fallback had. */
  const readAt = async (at: string): Promise<{ readonly state: AlertState; readonly isBack: boolean }> => {
    const own = await readWhole(at)
    if (fallback === undefined) return { state: own, isBack: false }
    if (at === path) {
      const other = await readIfThere(fallback)
      return { state: new Map([...own, ...other]), isBack: other.size > 0 }
    }
    return { state: own.size > 0 ? own : await readIfThere(path), isBack: false }
  }
  const changeAt = async (at: string, by: (state: AlertState) => AlertState): Promise<AlertState> => {
    await mkdir(dirname(at), { recursive: true }).catch(() => undefined)
    const work = async (): Promise<AlertState> => {
      const { state, isBack } = await readAt(at)
      known = state
      const after = by(state)
      // Where there never was an alert, no file says so.
      if (state.size + after.size > 0) await writeAlertState(at, after)
      if (isBack && fallback !== undefined) await rm(fallback, { force: true })
      return after
    }
    return withLock(`${at}.lock`, work, { timeout: FILE_PATIENCE })
  }
  const change: Keeper['change'] = async (from, by) => {
    try {
      return await changeAt(place, by)
    } catch (error) {
      const code = isDayshiftError(error) ? error.code : undefined
      if (code === 'DS_ALERT_STATE') throw error
      if (place === path && fallback !== undefined && code !== 'DS_LOCKED') {
        place = fallback
        warn('alerts.kept_elsewhere', `${messageOf(error)}; until that is mended, who was told is kept in ${fallback}`)
        return change(from, by)
      }
      if (isKept) warn('alerts.not_kept', `${messageOf(error)}; what is wrong now is told again on each run`)
      isKept = false
      return by(from ?? known ?? (await readIfThere(path)))
    }
  }
  return {
    change,
    read: async () => (await readAt(place)).state,
    place: () => place,
    isKept: () => isKept,
    findings,
  }
}

/** The state in a file, as far as it is there and can be read. */
async function readIfThere(path: string): Promise<AlertState> {
  return (await readOrWhy(path)).state
}

/** The state in a file, or why it cannot be read. */
async function readOrWhy(path: string): Promise<ReadState & { readonly why?: string }> {
  try {
    return await readAlertState(path)
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_SOURCE_UNREADABLE') throw error
    return { state: new Map(), isWhole: false, why: error.message }
  }
}

import type { Finding } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import {
  type FailedObject,
  type PlannedObject,
  type Retry,
  type Transfer,
  type TransferOptions,
  type TransferProgress,
  type UnreachedRemote,
} from '@dayshift/dvc'
import { failure } from '../codes.ts'
import { numberFlag, type Flags } from '../flags.ts'
import { count, printable } from '../render/words.ts'
import { tell } from './command.ts'
import type { Terminal } from '../terminal.ts'

/** Flags of commands that work with a remote. */
export const remoteFlags = {
  remote: {
    type: 'string',
    short: 'r',
    multiple: true,
    value: 'NAME',
    help: 'this remote instead of the default one; several by naming it again',
  },
  jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: as the remote likes it)' },
} as const satisfies Flags

/** Flags of commands that take the data of other commits too. */
export const scopeFlags = {
  'all-branches': { type: 'boolean', short: 'a', help: 'what the tips of all branches refer to, too' },
  'all-tags': { type: 'boolean', short: 'T', help: 'what all tags refer to, too' },
  'all-commits': { type: 'boolean', short: 'A', help: 'what any commit refers to' },
} as const satisfies Flags

/** Flags of commands that may take DVC's run-cache along. */
export const runCacheFlags = {
  'run-cache': { type: 'boolean', help: 'DVC’s records of pipeline runs too, and the data that they speak of' },
  'no-run-cache': { type: 'boolean', help: 'not these (the default)' },
} as const satisfies Flags

interface TransferFlags {
  readonly remote?: readonly string[] | undefined
  readonly jobs?: string | undefined
  readonly 'all-branches'?: boolean | undefined
  readonly 'all-tags'?: boolean | undefined
  readonly 'all-commits'?: boolean | undefined
  readonly recursive?: boolean | undefined
  readonly glob?: boolean | undefined
  readonly 'with-deps'?: boolean | undefined
  readonly 'run-cache'?: boolean | undefined
}

/** The options of a transfer, by the flags. */
export function transferOf(flags: TransferFlags, terminal: Terminal): Omit<TransferOptions, 'cwd'> {
  return {
    remotes: flags.remote,
    jobs: jobsOf(flags.jobs),
    allBranches: flags['all-branches'],
    allTags: flags['all-tags'],
    allCommits: flags['all-commits'],
    recursive: flags.recursive,
    glob: flags.glob,
    withDeps: flags['with-deps'],
    runCache: flags['run-cache'],
    onTransfer: transferringOn(terminal),
    onRetry: retryingOn(terminal),
  }
}

function jobsOf(word: string | undefined): number | undefined {
  const jobs = numberFlag('jobs', word)
  if (jobs === undefined || (Number.isInteger(jobs) && jobs >= 1)) return jobs
  throw failure('DS_USAGE', `--jobs ${word} is no number of objects: give 1 or more`)
}

/** Shows how far a transfer has come, how fast it is and what is left. */
function transferringOn(terminal: Terminal): (progress: TransferProgress) => void {
  let begun: { readonly label: string; readonly at: number } | undefined
  return ({ direction, remote, objects, ofObjects, bytes, ofBytes }) => {
    const label = `${direction} ${printable(remote)}`
    const now = Date.now()
    if (begun?.label !== label) begun = { label, at: now }
    const seconds = (now - begun.at) / 1000
    const rate = seconds > 0.5 ? `, ${formatSize(bytes / seconds)}/s` : ''
    const isByBytes = ofBytes !== undefined && ofBytes > 0
    const all = isByBytes ? ` of ${formatSize(ofBytes)}` : ''
    const fraction = isByBytes ? bytes / ofBytes : objects / Math.max(1, ofObjects)
    terminal.progress(
      label,
      Math.min(1, fraction),
      ` (${objects} of ${count(ofObjects, 'object')}, ${formatSize(bytes)}${all}${rate})`,
    )
  }
}

/** Milliseconds between two notes of attempts that are made again: a remote that is down turns many away at once. */
const QUIET = 5000

/** Tells attempts that are made again. */
export function retryingOn(terminal: Terminal): (retry: Retry) => void {
  let last = -Infinity
  return ({ message, wait }) => {
    if (Date.now() - last < QUIET) return
    last = Date.now()
    terminal.note(`trying again in ${(wait / 1000).toFixed(1)} s: ${printable(message)}`)
  }
}

/** Objects that are named, unless more is asked for. */
const NAMED = 10

/** What would be transferred. */
export function planLines(transfers: readonly Transfer[], verbose: boolean): string[] {
  return transfers.flatMap(({ plan }) => {
    const { direction, remote, url, objects, bytes, present } = plan
    const way = direction === 'push' ? 'to' : 'from'
    const size = bytes > 0 ? `, ${formatSize(bytes)}` : ''
    const there = present > 0 ? `; ${count(present, 'object')} there already` : ''
    return [
      `${direction} ${way} ${printable(remote)} (${printable(url)}): ${count(objects.length, 'object')}${size}${there}`,
      ...shortened(objects, verbose).map((line) => `  ${line}`),
    ]
  })
}

function shortened(objects: readonly PlannedObject[], verbose: boolean): string[] {
  const most = verbose ? objects.length : NAMED
  const lines = objects.slice(0, most).map(({ path, bytes }) => {
    return bytes === undefined ? printable(path) : `${printable(path)}  ${formatSize(bytes)}`
  })
  return objects.length > most ? [...lines, `and ${objects.length - most} more`] : lines
}

/** Tells which objects are nowhere. */
export function tellMissing(
  title: string,
  missing: readonly PlannedObject[],
  verbose: boolean,
  terminal: Terminal,
): void {
  if (missing.length === 0) return
  terminal.alert(title)
  const most = verbose ? missing.length : NAMED
  for (const { path, hash, problem } of missing.slice(0, most)) {
    const reason = problem === undefined ? '' : ` (${printable(problem)})`
    terminal.alert(`  ${printable(path)}  md5:${hash.digits}${reason}`)
  }
  if (missing.length > most) terminal.alert(`  and ${missing.length - most} more`)
  if (missing.some(({ problem = '' }) => problem.endsWith('not what its name says'))) {
    terminal.alert('  Where a cache has it right, send it from there: dayshift dvc fsck --cloud --repair')
  }
}

const CORRUPT = 'DS_DVC_OBJECT_CORRUPT'

/** Tells which objects did not get through, and why; @returns the error where that was the remote's fault. */
export function tellFailed(
  failed: readonly FailedObject[],
  verbose: boolean,
  terminal: Terminal,
): { readonly error?: Error } {
  const most = verbose ? failed.length : NAMED
  for (const { path, error } of failed.slice(0, most)) {
    terminal.alert(`${terminal.paint('red', 'error')} ${error.code}: ${printable(`${path}: ${error.message}`)}`)
  }
  if (failed.length > most) terminal.alert(`and ${failed.length - most} more`)
  const hints = new Set(failed.flatMap(({ error: { code, hint = '' } }) => (code === CORRUPT ? [hint] : [])))
  for (const hint of hints) terminal.alert(`  ${printable(hint)}`)
  if (!failed.some(({ error }) => /^DS_(?:REMOTE_FAILED$|GIT_)/.test(error.code))) return {}
  return { error: untransferred(failed.length) }
}

/** The error for objects that did not get through, which a remote is to blame for. */
export function untransferred(objects: number): Error {
  return failure('DS_TRANSFER_FAILED', `${count(objects, 'object')} could not be transferred`)
}

/**
 * Tells which remotes could not be reached, and why.
 *
 * @param isCalm whether nothing is lacking all the same
 */
export function tellUnreached(unreached: readonly UnreachedRemote[], isCalm: boolean, terminal: Terminal): void {
  const findings = unreached.map(({ remote, error: { code, message, hint } }): Finding => {
    const severity = isCalm ? 'warn' : 'error'
    return {
      severity,
      code,
      message: `the remote '${remote}' could not be reached: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    }
  })
  tell(findings, terminal)
}

/** The error for remotes that could not be reached, when that leaves work undone. */
export function unreachedError(unreached: readonly UnreachedRemote[]): Error {
  const names = unreached.map(({ remote }) => `'${remote}'`).join(', ')
  const noun = unreached.length === 1 ? 'remote' : 'remotes'
  return failure('DS_TRANSFER_FAILED', `the ${noun} ${names} could not be reached`)
}

/** What a transfer came to, as plain data. */
export function transferResult(transfers: readonly Transfer[]): object {
  return {
    transfers: transfers.map(({ plan, missing, ...outcome }) => ({
      ...plan,
      ...outcome,
      missing: [...plan.missing, ...missing],
    })),
  }
}

/** As DVC says it: `3 files pushed`. */
export function filesSaid(number: number, verb: string): string {
  return `${number} ${number === 1 ? 'file' : 'files'} ${verb}`
}

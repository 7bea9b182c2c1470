import { relative } from 'node:path'
import { formatSize, type JournalCheck, type Repair } from '@dayshift/core/ground'
import type { Outcome } from './command.ts'
import type { ListedItem } from './listing.ts'
import { itemLines } from './render/listed.ts'
import { count, printable } from './render/words.ts'
import type { Terminal } from './terminal.ts'

/** What a check of a file of lines found, as a command tells it. */
interface Checked {
  /** `catalog fsck` */
  readonly command: string
  readonly path: string
  readonly check: JournalCheck
  /** What was done before, where it was asked for. */
  readonly repair: Repair | undefined
  /** What a line holds: `entry`, `event`; and several of them. */
  readonly noun: readonly [one: string, many: string]
}

/** Tells, beside the results of a command that reads a file, that it has lines which cannot be read. */
export function tellDamage(first: string, hasMore: boolean, command: string, terminal: Terminal): void {
  terminal.note(`${terminal.paint('yellow', 'warn')}  ${printable(first)}${hasMore ? ', and others' : ''}`)
  terminal.note(`      All other lines were read. dayshift ${command} tells all, and --repair takes them out.`)
}

/** The outcome of a check. */
export function checkOutcome(
  { command, path, check, repair, noun }: Checked,
  cwd: string,
  terminal: Terminal,
): Outcome {
  const { files, damage, changed } = check
  const place = (file: string): string => printable(relative(cwd, file))
  const items: ListedItem[] = [
    ...damage.map((one) => ({
      kind: 'damaged',
      message: `${place(one.file)}, byte ${one.offset}: ${one.reason}`,
      verdict: 'fails' as const,
      data: one,
    })),
    ...changed.map((file) => ({
      kind: 'changed',
      message: `${place(file)} is not what the compaction put there; it is read all the same`,
      verdict: 'warns' as const,
      data: { file },
    })),
  ]
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const verdict = damage.length === 0 ? 'all whole' : `${damage.length} damaged`
  const summary = `${count(lines, 'line')} in ${count(files.length, 'file')}, ${formatSize(bytes)}: ${verdict}`
  return {
    reports: [],
    result: { files, damage, changed, ...(repair ? { repair } : {}) },
    text: [
      ...(repair?.quarantine === undefined ? [] : [repairWords(repair, place(repair.quarantine), noun)]),
      ...items.flatMap((item) => itemLines(item, terminal)),
      summary,
      ...(damage.length > 0 ? [nextStep(command, repair !== undefined)] : []),
    ],
    listing: { command, subject: place(path), file: relative(cwd, path), summary, items },
    fails: damage.length > 0,
    warns: changed.length > 0,
  }
}

function nextStep(command: string, isRepaired: boolean): string {
  return isRepaired
    ? 'what compactions have put aside is left as it is: take such a file from git again, or delete it'
    : `dayshift ${command} --repair takes them out and keeps them`
}

function repairWords({ taken, recovered }: Repair, place: string, [one, many]: Checked['noun']): string {
  const from = taken.length === 1 ? 'it' : 'them'
  return `${count(taken.length, 'line')} moved to ${place}; ${recovered} ${recovered === 1 ? one : many} recovered from ${from}`
}

import { formatDuration, type Finding } from '@dayshift/core'
import type { Evidence } from './evidence.ts'

/** Two bases that cannot both be true of data that is kept up to date: the one is newer than the other by far. */
interface Contradiction {
  readonly code: string
  readonly newer: readonly string[]
  readonly older: readonly string[]
  readonly message: (newer: Timed, older: Timed, now: number) => string
  readonly hint: string
}

type Timed = Evidence & { readonly time: number }

const ago = (time: number, now: number): string => `${formatDuration(Math.max(0, (now - time) / 1000))} ago`

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    code: 'freshness.rewritten_unchanged',
    newer: ['mtime', 'object'],
    older: ['content'],
    message: (written, content, now) =>
      `${written.subject} was written ${ago(written.time, now)}, but its content is unchanged for ${formatDuration((now - content.time) / 1000)}`,
    hint: 'A checkout or a copy sets the time anew; if it was neither, the job before this one is stuck and writes the same again.',
  },
  {
    code: 'freshness.late_rows',
    newer: ['mtime', 'object'],
    older: ['column', 'partition'],
    message: (written, rows, now) =>
      `${written.subject} was written ${ago(written.time, now)}, but the newest of ${rows.subject} is ${formatDuration((now - rows.time) / 1000)} old`,
    hint: 'Check what the job reads: it runs, and brings old rows.',
  },
  {
    code: 'freshness.run_changed_nothing',
    newer: ['run'],
    older: ['mtime', 'object', 'content'],
    message: (run, data, now) =>
      `${run.subject} succeeded ${ago(run.time, now)}, but ${data.subject} did not change since ${ago(data.time, now)}`,
    hint: 'Check that the run writes to this place.',
  },
  {
    code: 'freshness.partition_ahead_of_rows',
    newer: ['partition'],
    older: ['column'],
    message: (partition, rows, now) =>
      `${partition.subject} is there, but the newest of ${rows.subject} is ${formatDuration((now - rows.time) / 1000)} old`,
    hint: 'Check what is in the newest partition: its name promises newer rows.',
  },
]

/**
 * Where bases contradict one another: file rewritten and content unchanged, file new and rows old, run succeeded and
 * nothing changed; and rows from after the file was written. Each is worth a look, also where both are within the limits.
 *
 * @param tolerance by how much one may be newer than another, in seconds
 * @param clockSkew by how much rows may be newer than their file, in seconds
 * @param now milliseconds since 1970
 */
export function findContradictions(
  evidences: readonly Evidence[],
  { tolerance, clockSkew, now }: { readonly tolerance: number; readonly clockSkew: number; readonly now: number },
): Finding[] {
  const timed = evidences.filter(
    (evidence): evidence is Timed => evidence.time !== null && evidence.time <= now + clockSkew * 1000,
  )
  const of = (names: readonly string[]): Timed[] => timed.filter(({ basis }) => names.includes(basis))
  const found = CONTRADICTIONS.flatMap(({ code, newer, older, message, hint }) =>
    of(newer).flatMap((a) =>
      of(older)
        .filter((b) => (a.time - b.time) / 1000 > tolerance)
        .map((b): Finding => ({ severity: 'warn', code, message: message(a, b, now), hint })),
    ),
  )
  const [written] = of(['mtime', 'object'])
  const rows = evidences.find(({ basis, time }) => basis === 'column' && time !== null)
  return [...found, ...(written && rows ? afterWriting(written, rows as Timed, clockSkew) : [])]
}

/** A file cannot hold what happened after it was written. */
function afterWriting(written: Timed, rows: Timed, clockSkew: number): Finding[] {
  const ahead = ((rows.span?.[0] ?? rows.time) - written.time) / 1000
  if (ahead <= clockSkew) return []
  return [
    {
      severity: 'warn',
      code: 'freshness.rows_after_writing',
      message: `the newest of ${rows.subject} is ${formatDuration(ahead)} later than ${written.subject} was written`,
      hint: 'Check the zone of the times, and the clock of what writes them; or the file’s time was set back by who copied it.',
    },
  ]
}

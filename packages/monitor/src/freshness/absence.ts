import type { Finding, FreshnessFacts } from '@dayshift/core'
import type { Absent, Evidence } from './evidence.ts'

interface Absence {
  readonly state: FreshnessFacts['state']
  /** What is said of a subject. */
  readonly message: (subject: string) => string
  readonly hint: string
}

const said = (subject: string): string => subject

const ABSENCES: Readonly<Record<Absent, Absence>> = {
  missing: {
    state: 'missing',
    message: (subject) => `${subject} is missing`,
    hint: 'Check the path, and the job that writes it.',
  },
  no_match: {
    state: 'missing',
    message: (subject) => `nothing matches ${subject}`,
    hint: 'Check the pattern, and the job that writes the files.',
  },
  unreadable: {
    state: 'unreadable',
    message: said,
    hint: 'Check who may read it, and whether it is whole; its age says nothing while nobody can use it.',
  },
  empty: {
    state: 'empty',
    message: said,
    hint: 'Check what writes the data: something was made, but nothing is in it.',
  },
  empty_folder: {
    state: 'empty',
    message: said,
    hint: 'Check what writes the data: the folder was made, but no file is in it.',
  },
  no_rows: {
    state: 'empty',
    message: said,
    hint: 'Check what writes the data: the table was made, but no row is in it.',
  },
  no_times: {
    state: 'empty',
    message: said,
    hint: 'Check what fills the column, or name another one. Numbers are no times, also where they count seconds since 1970.',
  },
  no_column: {
    state: 'empty',
    message: said,
    hint: 'Check whether what writes the data has renamed it or left it out; else name the column that there is.',
  },
  no_partition: {
    state: 'empty',
    message: said,
    hint: 'Check the name of the key: folders of partitions are named key=value, as dt=2026-11-23.',
  },
  empty_run: {
    state: 'empty',
    message: said,
    hint: 'Check what the job reads: it succeeded, and brought nothing.',
  },
  no_history: {
    state: 'unknown',
    message: said,
    hint: 'Record versions first (dayshift version PATH): when content changed is known from them alone.',
  },
  no_run: {
    state: 'unknown',
    message: said,
    hint: 'Log runs first (dayshift log, dayshift run, dayshift lineage wrap): when one succeeded is known from the log alone.',
  },
}

/** The state of data that has no time. */
export function stateOfAbsence({ absent = 'empty' }: Pick<Evidence, 'absent'>): FreshnessFacts['state'] {
  return ABSENCES[absent].state
}

/** What a report says of data that is not there, or that has nothing in it. */
export function absence({ absent = 'empty', subject }: Pick<Evidence, 'absent' | 'subject'>): Finding {
  const { message, hint } = ABSENCES[absent]
  return { severity: 'error', code: `freshness.${absent}`, message: message(subject), hint }
}

import type { ErrorTable } from '@dayshift/core'
import { coreErrors, errorsOf } from '@dayshift/core/ground'

/** The error codes of `@dayshift/lineage`; `docs/errors.md` lists them. */
export const lineageErrors = {
  DS_LINEAGE_EVENT: {
    kind: 'usage',
    meaning: 'An event would break OpenLineage’s rules; it was not sent anywhere.',
    hint: 'Correct the fields that the message names.',
  },
  DS_LINEAGE_RUN_ENDED: {
    kind: 'usage',
    meaning: 'A run that has ended was to be ended again.',
    hint: 'Call one of complete, fail and abort, once; `run.ended` tells whether that was done.',
  },
  DS_LINEAGE_UNDELIVERED: {
    kind: 'failed',
    meaning: 'No transport took the events.',
    hint: 'Mend what the message names and log again.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...lineageErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)

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
  DS_LINEAGE_CONFIG: {
    kind: 'usage',
    meaning: 'The configuration of OpenLineage has keys that nobody knows, or values that cannot be.',
    hint: 'Correct what the message names, each where it says: in openlineage.yml or in the environment.',
  },
  DS_LINEAGE_UNREACHABLE: {
    kind: 'failed',
    meaning: 'A lineage server could not be reached, or takes no events for now.',
    hint: 'Send again when it is back: dayshift lineage send.',
  },
  DS_LINEAGE_UNABLE: {
    kind: 'failed',
    meaning: 'A lineage server failed over an event, which may be due to the server or to the event.',
    hint: 'Look at the server’s own log; the event is sent again with dayshift lineage send.',
  },
  DS_LINEAGE_REFUSED: {
    kind: 'failed',
    meaning: 'A lineage server does not let us in, or has no such endpoint. It said nothing of the events.',
    hint: 'Check url, endpoint and auth in openlineage.yml or OPENLINEAGE_*; events that wait are kept.',
  },
  DS_LINEAGE_REJECTED: {
    kind: 'failed',
    meaning: 'A lineage server refused an event for what is in it.',
    hint: 'Read its reason; events that were spooled stand with it in rejected.jsonl of the spool.',
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

import { coreErrors, errorsOf, type ErrorTable } from '@dayshift/core/ground'

/** The error codes of `@dayshift/catalog`; `docs/errors.md` lists them. */
export const catalogErrors = {
  DS_CATALOG_INPUT: {
    kind: 'usage',
    meaning: 'What is to be registered is incomplete or contradicts itself.',
    hint: 'Correct the fields that the message names.',
  },
  DS_CATALOG_CONFLICT: {
    kind: 'failed',
    meaning: 'The entry was changed by someone else between reading and writing.',
    hint: 'Run it again: it starts from the entry as it is now.',
  },
  DS_CATALOG_UNKNOWN: {
    kind: 'usage',
    meaning: 'The catalog has no entry of that name, id or path.',
    hint: 'Run dayshift catalog list, or dayshift catalog search WORDS.',
  },
  DS_CATALOG_AMBIGUOUS: {
    kind: 'usage',
    meaning: 'The catalog has several entries of that name.',
    hint: 'Name the entry by its path or id.',
  },
  DS_CATALOG_QUERY: {
    kind: 'usage',
    meaning: 'A search cannot be read.',
    hint: 'Write words, "several words", and the filters tag: owner: column: type: status:.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...catalogErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)

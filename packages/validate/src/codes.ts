import { coreErrors, errorsOf, type ErrorTable } from '@dayshift/core'

/** The error codes of `@dayshift/validate`; `docs/errors.md` lists them. */
export const validateErrors = {
  DS_CONTRACT_INVALID: {
    kind: 'usage',
    meaning: 'What was given as a contract is none.',
    hint: 'Give z.object({ … }) or defineContract({ columns: z.object({ … }) }).',
  },
  DS_CONTRACT_FILE: {
    kind: 'usage',
    meaning: 'A contract file in a format of another tool cannot be read, or a contract not be written as one.',
    hint: 'Formats: Pandera (YAML, JSON), Table Schema and Data Package, Open Data Contract Standard 3, JSON Schema.',
  },
  DS_CONTRACT_ASYNC: {
    kind: 'usage',
    meaning: 'A contract has an asynchronous refinement or transform.',
    hint: 'Make it synchronous: a check of a dataset cannot wait for each value.',
  },
  DS_CONTRACT_THROWS: {
    kind: 'failed',
    meaning: 'A refinement or transform of a contract threw.',
    hint: 'Return false from a refinement instead of throwing.',
  },
  DS_CONTRACT_SLOW: {
    kind: 'failed',
    meaning:
      'A contract does not come to an end with a value: as a rule a pattern that can match in very many ways, or code that never ends.',
    hint: 'Look for a loop in its refinements, and for patterns that can match one text in many ways, (a+)+ for a+: either would hold up any application too.',
  },
  DS_VALIDATE_PARITY: {
    kind: 'failed',
    meaning: 'The engine and Zod disagree about a check. No verdict is given.',
    hint: 'This is a fault of dayshift: report it with the contract and the value named.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...validateErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)

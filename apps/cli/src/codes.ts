import type { ErrorTable } from '@dayshift/core'
import { coreErrors, errorsOf } from '@dayshift/core/ground'

/** The error codes of the command line; `docs/errors.md` lists them. */
export const cliErrors = {
  DS_USAGE: {
    kind: 'usage',
    meaning: 'A command, flag or argument is unknown, missing or has no such value.',
    hint: 'Run dayshift help, or the command with --help.',
  },
  DS_OUTPUTS_UNSEEN: {
    kind: 'failed',
    meaning: 'Some outputs could not be looked at, or recorded; what stands against each was told. All others were.',
    hint: 'Mend what was told of each, or name it in .dvcignore, and run it again.',
  },
  DS_TRANSFER_FAILED: {
    kind: 'failed',
    meaning: 'Some objects did not get through to a remote or from it; why was told of each. All others did.',
    hint: 'Check the network and the remote, and run it again: what went through is not transferred again.',
  },
  DS_LINEAGE_WAITING: {
    kind: 'failed',
    meaning: 'Lineage events still wait in the spool, since a server did not take them, or none is configured.',
    hint: 'Run dayshift lineage send again when the server is back; nothing is lost meanwhile.',
  },
  DS_LINEAGE_UNKNOWN: {
    kind: 'usage',
    meaning: 'The lineage log has no run or dataset of that name.',
    hint: 'Run dayshift lineage graph or dayshift lineage runs for all that it has.',
  },
  DS_PROJECT_NOT_FOUND: {
    kind: 'usage',
    meaning: 'A command needs a project file, and there is none here or above.',
    hint: 'Run dayshift init, or name the file with --config.',
  },
  DS_PROJECT_INVALID: {
    kind: 'usage',
    meaning: 'The project file does not describe a project.',
    hint: 'See dayshift help project.',
  },
  DS_MODULE: {
    kind: 'usage',
    meaning: 'A project, contract or ETL file could not be loaded.',
    hint: 'Mend the file at the place named.',
  },
  DS_MODULE_EXPORT: {
    kind: 'usage',
    meaning: 'A file exports nothing of the kind that is needed, or too much to choose from.',
    hint: 'Name the export after a #, as contracts/employees.ts#employees.',
  },
  DS_MISSING: {
    kind: 'failed',
    meaning: 'Data whose age is asked for is not there. The report says so too.',
    hint: 'Check the path, and what writes the data.',
  },
  DS_AGE_UNKNOWN: {
    kind: 'failed',
    meaning: 'Of data whose age is asked for nothing was recorded that would tell it. The report says so too.',
    hint: 'Record versions or log runs first, or choose another --basis.',
  },
  DS_DRIFT_REFERENCE: {
    kind: 'failed',
    meaning: 'There is no version yet of the time that data is to be compared with.',
    hint: 'Record versions for a while longer, or give another reference or a wider --tolerance.',
  },
  DS_ALERTS_TEST: {
    kind: 'failed',
    meaning: 'A test alert did not reach a sink.',
    hint: 'Mend what is said of each sink, in the project file or the environment.',
  },
  DS_VARIABLE: {
    kind: 'usage',
    meaning: 'The project file puts a variable of the environment in, which is not set.',
    hint: 'Set the variable.',
  },
  DS_EXISTS: {
    kind: 'usage',
    meaning: 'An example would be written where another project is.',
    hint: 'Choose another folder for the example.',
  },
  DS_BROWSER: {
    kind: 'failed',
    meaning: 'A page was written, and no browser could be started to show it.',
    hint: 'Open the file yourself, or name a browser in the variable BROWSER.',
  },
  DS_UNFINISHED: {
    kind: 'failed',
    meaning: 'Code of the project ended the process, or waits for what never comes.',
    hint: 'Look at the functions in the project, contract and ETL files.',
  },
  DS_INTERNAL: {
    kind: 'failed',
    meaning: 'Something happened that dayshift does not expect.',
    hint: 'Run it again with --debug and report what it prints.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...cliErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)

import { errorsOf, type ErrorTable } from './errors.ts'

/** The error codes of `@dayshift/core`; `docs/errors.md` lists them. */
export const coreErrors = {
  DS_UNIT: {
    kind: 'usage',
    meaning: 'A duration, fraction or size could not be read.',
    hint: 'Write durations as 24h, fractions as 1% or 0.01, sizes as 10MB.',
  },
  DS_SOURCE_NOT_FOUND: {
    kind: 'failed',
    meaning: 'A path does not exist, or a glob matches no file.',
    hint: 'Check the path; it is taken from the working directory unless it is absolute.',
  },
  DS_SOURCE_UNSUPPORTED: {
    kind: 'usage',
    meaning: 'The kind of source is not one that can be opened.',
    hint: 'Give a path or glob of .csv, .tsv, .jsonl, .ndjson, .json, .parquet or .arrow files (text also as .gz), or say the format.',
  },
  DS_SOURCE_EMPTY: {
    kind: 'failed',
    meaning: 'A file has no header and no rows, so it has no columns.',
    hint: 'Check what writes the file: a text table needs at least its header line.',
  },
  DS_SOURCE_MALFORMED: {
    kind: 'failed',
    meaning: 'A file breaks the rules of its format at the line or byte named.',
    hint: 'Mend the line named, or say how the file is written (delimiter, quote, encoding, header).',
  },
  DS_SOURCE_UNREADABLE: {
    kind: 'failed',
    meaning: 'A file exists, but the system does not let it be read.',
    hint: 'Check the permissions of the file and of its folders.',
  },
  DS_OPTION: {
    kind: 'usage',
    meaning: 'An option has a value that it cannot have.',
    hint: 'Give one of the values that the message names.',
  },
  DS_COLUMN_UNKNOWN: {
    kind: 'usage',
    meaning: 'A column is named that the data does not have.',
    hint: 'Use one of the names that the message lists.',
  },
  DS_COLUMN_TWICE: {
    kind: 'usage',
    meaning: 'A verb would give two columns of the same name, case aside.',
    hint: 'Give each column a name of its own.',
  },
  DS_VALUE_UNSUPPORTED: {
    kind: 'usage',
    meaning: 'A value cannot be written as SQL.',
    hint: 'Use a string, number, bigint, boolean, Date, Uint8Array, null or an sql fragment.',
  },
  DS_SAMPLE: {
    kind: 'usage',
    meaning: 'What is asked of a sample contradicts itself, or cannot be had from this source.',
    hint: 'Say a size (fraction or rows), and one way to draw: by key, stratified, weighted, head or blocks.',
  },
  DS_SAMPLE_SOURCE: {
    kind: 'failed',
    meaning: 'The source of a sample is not what it was when the sample was drawn.',
    hint: 'Restore the source, or draw a new sample.',
  },
  DS_FRAMES_APART: {
    kind: 'usage',
    meaning: 'Two frames of different engines are to be combined.',
    hint: 'Open both with the same engine: open(path, { engine }).',
  },
  DS_TYPES_APART: {
    kind: 'usage',
    meaning: 'Columns of two frames that belong together are of types that do not.',
    hint: 'Cast one of them first: frame.cast({ id: "VARCHAR" }).',
  },
  DS_VALUE_MISFIT: {
    kind: 'failed',
    meaning: 'A JavaScript value does not fit the type of its column.',
    hint: 'Give a value of that type, or name another type.',
  },
  DS_TOO_LARGE: {
    kind: 'usage',
    meaning: 'There are more rows than may go where they are to be held whole in memory.',
    hint: 'Take a sample first, or raise the limit.',
  },
  DS_FUNCTION: {
    kind: 'failed',
    meaning: 'A JavaScript function that a frame calls for its rows threw, or gave a value that does not fit.',
    hint: 'Read the message; try the function on a row of frame.head().',
  },
  DS_QUERY: {
    kind: 'failed',
    meaning: 'The engine refused or could not finish a query.',
    hint: 'Read the engine’s message; where it names an SQL expression of yours, correct it there.',
  },
  DS_OUT_OF_MEMORY: {
    kind: 'failed',
    meaning: 'A query needed more memory than the engine may use.',
    hint: 'Raise memoryLimit, or work on a sample or on fewer columns.',
  },
  DS_ENGINE: {
    kind: 'failed',
    meaning: 'The engine itself could not be started.',
    hint: 'Install again; @duckdb/node-api brings one binary for each platform as an optional dependency.',
  },
  DS_ETL: {
    kind: 'failed',
    meaning: 'An ETL function threw, or did not return a frame.',
    hint: 'An ETL is a function (frame) => frame; return the last frame of its chain.',
  },
  DS_STEP: {
    kind: 'usage',
    meaning: 'A step is named that is none of the seven.',
    hint: 'Name prototype, validate, version, register, log, freshness or drift.',
  },
  DS_WRITE: {
    kind: 'failed',
    meaning: 'A file could not be written. What was there before is unchanged.',
    hint: 'Check that the folder exists, may be written, and has room.',
  },
  DS_TARGET_EXISTS: {
    kind: 'failed',
    meaning: 'A folder to be written is there already, or holds more than data.',
    hint: 'Name another folder, or pass overwrite: true to replace a folder of data files.',
  },
  DS_TARGET_IS_SOURCE: {
    kind: 'usage',
    meaning: 'An output would take the place of a file that it is made from.',
    hint: 'Name another file for the output.',
  },
  DS_LOCKED: {
    kind: 'failed',
    meaning: 'Another process held a lock file for too long.',
    hint: 'Wait for the other process to end; where there is none, delete the lock file named.',
  },
  DS_JOURNAL_DAMAGED: {
    kind: 'failed',
    meaning: 'A journal has lines that cannot be read, so that it cannot be rewritten without loss.',
    hint: 'Take the lines out first with fsck --repair, which keeps them in a quarantine file.',
  },
  DS_SINK_CONFIG: {
    kind: 'usage',
    meaning: 'A sink is told something that cannot be: an address that is none, a header or label of no such name.',
    hint: 'Correct what the message names; see docs/alerts.md.',
  },
  DS_SINK_UNREACHABLE: {
    kind: 'failed',
    meaning: 'A sink could not be reached, takes nothing for now, or did not answer in time.',
    hint: 'Check the address and the network. What could not be told comes again with the next run.',
  },
  DS_SINK_REFUSED: {
    kind: 'failed',
    meaning: 'A sink does not let us in, will not take what was sent, or leads to another server.',
    hint: 'Check the address, and the secrets that go with it. What could not be told comes again with the next run.',
  },
  DS_SINK_FAILED: {
    kind: 'failed',
    meaning: 'A sink threw.',
    hint: 'Read the message; what could not be told comes again with the next run.',
  },
  DS_ALERT_UNKNOWN: {
    kind: 'usage',
    meaning: 'No alert has such a key, or several have one that begins so.',
    hint: 'Run dayshift alerts for the keys of all.',
  },
  DS_ALERT_STATE: {
    kind: 'failed',
    meaning: 'The file that says which alerts were told is damaged, or was written by a newer dayshift.',
    hint: 'Bring a damaged one back from a copy; use the newer dayshift for its own; or move the file away, and all that still is wrong is told anew.',
  },
  DS_ABORTED: {
    kind: 'failed',
    meaning: 'The caller stopped the work.',
    hint: 'Run it again; nothing half-written was left.',
  },
} as const satisfies ErrorTable

/** Creates an error of this package. */
export const failure: ReturnType<typeof errorsOf<typeof coreErrors>> = errorsOf(coreErrors)

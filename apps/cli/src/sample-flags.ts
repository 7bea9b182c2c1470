import type { SampleOptions, TimeWindow } from '@dayshift/core'
import { failure } from './codes.ts'
import { listFlag, numberFlag, oneOf, type Flags, type FlagValues } from './flags.ts'

/** Flags that say how a sample is drawn. */
export const sampleFlags = {
  fraction: { type: 'string', value: '1%', help: 'share of the rows to draw (default: 1%)' },
  rows: { type: 'string', value: 'N', help: 'number of rows to draw instead' },
  seed: { type: 'string', value: '42', help: 'what makes the sample repeatable (default: 42)' },
  method: {
    type: 'string',
    value: 'random|head|blocks',
    help: 'every row alike, the first rows, or blocks of a large text file',
  },
  key: { type: 'string', multiple: true, value: 'COL,COL', help: 'all rows of a share of the keys: tables still join' },
  stratify: { type: 'string', multiple: true, value: 'COL,COL', help: 'in proportion to each group, none lost' },
  'min-per-stratum': { type: 'string', value: 'N', help: 'at least so many rows of each group (default: 1)' },
  weight: { type: 'string', value: 'COL', help: 'likelier the larger the number in this column' },
  window: {
    type: 'string',
    value: 'COL:7d',
    help: 'from the last days only, or COL:FROM..TO (either end may be open)',
  },
  edges: { type: 'boolean', help: 'add rows with the smallest, largest, longest, rarest and missing values' },
} as const satisfies Flags

type SampleValues = FlagValues<typeof sampleFlags>

/** Rows of a head, and share of the rows otherwise, where no size is given. */
const HEAD_ROWS = 1000
const FRACTION = 0.01

/**
 * How the sample is drawn, as the flags say, or the project where they say nothing. A way to draw, or a size, that is
 * given as a flag takes the place of the project's.
 */
export function sampleOfFlags(flags: SampleValues, configured: SampleOptions): SampleOptions {
  const rows = numberFlag('rows', flags.rows)
  const size =
    rows === undefined && flags.fraction === undefined
      ? { fraction: configured.fraction, rows: configured.rows }
      : { fraction: flags.fraction, rows }
  const flagged = { method: methodOf(flags.method), ...keysOf(flags), weight: flags.weight }
  const { method, key, stratify, weight } = Object.values(flagged).some((value) => value !== undefined)
    ? flagged
    : configured
  const whole = size.fraction === undefined && size.rows === undefined
  return {
    ...(whole ? (method === 'head' ? { rows: HEAD_ROWS } : { fraction: FRACTION }) : size),
    seed: numberFlag('seed', flags.seed) ?? configured.seed,
    method,
    key,
    stratify,
    minPerStratum:
      numberFlag('min-per-stratum', flags['min-per-stratum']) ?? (stratify ? configured.minPerStratum : undefined),
    weight,
    window: flags.window === undefined ? configured.window : windowOf(flags.window),
    edges: flags.edges ?? configured.edges,
  }
}

/** The flags among these that say how a sample is drawn. */
export function givenSampleFlags(flags: SampleValues): string[] {
  return Object.keys(sampleFlags).filter((name) => flags[name as keyof SampleValues] !== undefined)
}

function keysOf(flags: SampleValues): { key: string[] | undefined; stratify: string[] | undefined } {
  return { key: listFlag(flags.key), stratify: listFlag(flags.stratify) }
}

function methodOf(flag: string | undefined): SampleOptions['method'] {
  return flag === undefined ? undefined : oneOf('method', flag, ['random', 'head', 'blocks'] as const, 'random')
}

/** `COLUMN:7d` or `COLUMN:FROM..TO`. */
function windowOf(flag: string): TimeWindow {
  const time = String.raw`[\dTZ:+. -]*?`
  const match = new RegExp(String.raw`^(.+?):(?:(\d+(?:\.\d+)?(?:ms|s|m|h|d|w))|(${time})\.\.(${time}))$`).exec(flag)
  const [, column, last, from, to] = match ?? []
  if (column === undefined || (last === undefined && !from && !to)) {
    throw failure('DS_USAGE', `--window takes COLUMN:7d or COLUMN:2024-01-01..2024-02-01, not '${flag}'`, {
      hint: 'Either end may be left open, as ordered:2024-01-01.. for all from that day on.',
    })
  }
  return { column, ...(last ? { last } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

import { literal } from '../sql.ts'

/** A type that the cells of a text column may have, with its form as a regular expression (RE2, the whole cell). */
interface CellType {
  readonly name: string
  readonly form: string
  /** Whether the engine writes most values of the type just as files do: a cell that it writes the same fits at once. */
  readonly canonical: boolean
  /** What such cells are called. */
  readonly words: string
}

const WHOLE = '-?(0|[1-9][0-9]*)'
/** So many digits before the point a double holds whatever they are. */
const EXACT = '(0|[1-9][0-9]{0,14})'
const FRACTION = `(${EXACT}[.][0-9]*|[.][0-9]+)`
const EXPONENT = '[eE][-+]?[0-9]+'
const DAY = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'
const SLASHED = '[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}'
const CLOCK = '[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,6}0*)?)?'
const INSTANT = `(${DAY}|${SLASHED})([ T]${CLOCK})?`
const ZONE = '( ?(Z|UTC)| ?[-+][0-9]{2}(:?[0-9]{2})?| [A-Za-z_]+(/[A-Za-z_+-]+)+)'

/** In the order in which they are tried. Every cell is text; what fits none of these is nothing else. */
const TYPES: readonly CellType[] = [
  {
    name: 'BOOLEAN',
    // Not `f` or `no`, which are people and countries too.
    form: '(?i:true|false)',
    canonical: true,
    words: 'booleans',
  },
  { name: 'TIME', form: CLOCK, canonical: true, words: 'times' },
  { name: 'DATE', form: DAY, canonical: true, words: 'dates' },
  { name: 'TIMESTAMP', form: `${INSTANT}( UTC)?`, canonical: true, words: 'dates and times' },
  {
    name: 'TIMESTAMP WITH TIME ZONE',
    form: `${INSTANT}${ZONE}?`,
    canonical: true,
    words: 'dates and times with a zone',
  },
  { name: 'BIGINT', form: WHOLE, canonical: true, words: 'whole numbers' },
  {
    name: 'DOUBLE',
    // What has more digits would lose its last ones.
    form: `-?(${EXACT}|${FRACTION}(${EXPONENT})?|${EXACT}${EXPONENT}|(?i:inf(inity)?|nan))`,
    canonical: false,
    words: 'numbers',
  },
]

/** Names of the types that cells are tried for, the more special first. */
export const CELL_TYPES: readonly string[] = TYPES.map(({ name }) => name)

/** What cells of a type are called. */
export function typeWords(nativeType: string): string {
  return TYPES.find(({ name }) => name === nativeType)?.words ?? 'text'
}

/** What cells may be to a type: bits of {@link cellSeen}. */
export const FITS = 1
export const MARKER = 2
export const MISFIT = 4

/**
 * What a cell is to a type, as SQL of a small number: 0 no value, or one of {@link FITS}, {@link MARKER}, {@link MISFIT}.
 * Spaces around a value are let pass.
 *
 * @param cell SQL of the cell's text
 * @param nativeType one of {@link CELL_TYPES}; any other fits everything
 * @param markers cells that mean "no value" to types other than text
 */
export function cellSeen(cell: string, nativeType: string, markers: readonly string[]): string {
  const type = TYPES.find(({ name }) => name === nativeType)
  const marked = markers.length > 0 ? ` WHEN ${cell} IN (${literal(markers).text}) THEN ${MARKER}` : ''
  if (!type) return `CAST(CASE WHEN ${cell} IS NULL THEN 0${marked} ELSE ${FITS} END AS UTINYINT)`
  const value = `try_cast(${cell} AS ${type.name})`
  const same = type.canonical ? ` WHEN CAST(${value} AS VARCHAR) = ${cell} THEN ${FITS}` : ''
  const form = `regexp_full_match(${cell}, ${literal(` *(${type.form}) *`).text})`
  const held = type.name === 'DOUBLE' ? heldByDouble(cell, value) : `${value} IS NOT NULL`
  const fits = ` WHEN ${form} AND ${held} THEN ${FITS}`
  return `CAST(CASE WHEN ${cell} IS NULL THEN 0${same}${fits}${marked} ELSE ${MISFIT} END AS UTINYINT)`
}

/** Whether a number is one that a double holds: 1e999 would be infinite, and 1e-999 nothing. */
function heldByDouble(cell: string, value: string): string {
  const finite = `isfinite(${value}) OR regexp_matches(${cell}, '(?i)inf|nan')`
  return `${value} IS NOT NULL AND (${finite}) AND (${value} <> 0 OR NOT regexp_matches(${cell}, '^[^eE]*[1-9]'))`
}

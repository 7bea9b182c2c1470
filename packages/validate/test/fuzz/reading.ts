import { isList, type Arg, type Expression } from './expression.ts'

/** What the cells of a text table are to a schema, as the documentation has it: its own words, no look at the sources. */
export type Reading = 'text' | 'number' | 'bigint' | 'boolean' | 'date' | 'any'

const NUMBERS = new Set(['number', 'int', 'int32', 'uint32', 'float32', 'float64', 'nan'])
const BIGINTS = new Set(['bigint', 'int64', 'uint64'])
/** Neither texts nor one of the others: what they take shows in the value. */
const OPEN = new Set(
  'any unknown null undefined void never union xor intersection array tuple object strictObject record lazy json custom'.split(
    ' ',
  ),
)

/** What a schema's cells are read as. Everything else than what is named here is a kind of text. */
export function readingOf({ z: name, args = [], calls = [] }: Expression): Reading {
  if (calls.some(([method]) => method === 'or' || method === 'and' || method === 'array')) return 'any'
  if (NUMBERS.has(name)) return 'number'
  if (BIGINTS.has(name)) return 'bigint'
  if (name === 'boolean' || name === 'date') return name
  if (OPEN.has(name)) return 'any'
  if (name === 'enum' || name === 'literal') return readingOfValues(args[0])
  // Code that comes first hands on what the schema behind it takes; of a codec, its first schema is what comes in.
  if (name === 'preprocess') return readingOf(args[1] as Expression)
  return name === 'codec' ? readingOf(args[0] as Expression) : 'text'
}

function readingOfValues(given: Arg | undefined): Reading {
  const values = listed(given)
  const kinds = new Set(values.filter((value) => value !== null && !isTagged(value, 'undefined')).map(kindOf))
  return kinds.size === 1 ? (kinds.values().next().value as Reading) : 'any'
}

/** The values of a list, of an object as of an enum, or one alone. */
function listed(given: Arg | undefined): readonly (Arg | undefined)[] {
  if (typeof given !== 'object' || given === null) return [given]
  if (isList(given)) return given
  return 'object' in given ? Object.values(given.object) : [given]
}

function kindOf(value: Arg | undefined): Reading {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number' || isTagged(value, 'number')) return 'number'
  if (isTagged(value, 'bigint')) return 'bigint'
  return typeof value === 'boolean' ? 'boolean' : 'any'
}

function isTagged(value: Arg | undefined, tag: string): boolean {
  return typeof value === 'object' && value !== null && tag in value
}

import fc from 'fast-check'
import { isList, type Arg, type Expression } from './expression.ts'
import { FORMAT_SAMPLES } from './format-samples.ts'
import { ODD_DATES, ODD_NUMBERS, ODD_TEXTS } from './odd-cells.ts'
import { readingOf } from './reading.ts'

const some = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)

/** Cells of text tables without a look at the schema. */
const odd: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: some(...ODD_TEXTS) },
  { weight: 3, arbitrary: some(...ODD_NUMBERS) },
  { weight: 2, arbitrary: some(...ODD_DATES) },
  { weight: 1, arbitrary: some(...Object.values(FORMAT_SAMPLES).flat()) },
  { weight: 1, arbitrary: fc.string({ maxLength: 5, unit: 'binary' }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[abkK0-9 .-]{0,5}$/) },
)

/** Values near those that a schema names: the bounds, the words, texts of its patterns and formats. */
function near(expression: Expression): fc.Arbitrary<string> {
  const seeds: fc.Arbitrary<string>[] = []
  const collect = (arg: Arg, name: string): void => {
    if (typeof arg === 'number') seeds.push(nearNumber(arg), ofLength)
    else if (typeof arg === 'string') seeds.push(fc.constant(arg))
    else if (typeof arg !== 'object' || arg === null) return
    else if (isList(arg)) arg.forEach((one) => collect(one, name))
    else if ('z' in arg) walk(arg)
    else if ('regex' in arg) seeds.push(matching(arg.regex), ofPattern, ofSpaces)
    else if ('bigint' in arg) seeds.push(some(0n, 1n, -1n).map((more) => String(BigInt(arg.bigint) + more)))
    else if ('number' in arg) seeds.push(fc.constant(arg.number))
    else if ('date' in arg) seeds.push(fc.constant(arg.date))
    else if ('object' in arg) Object.values(arg.object).forEach((one) => collect(one, name))
  }
  const walk = ({ z, args = [], calls = [] }: Expression): void => {
    for (const name of [z, ...calls.map(([method]) => method)]) {
      const samples = FORMAT_SAMPLES[name]
      if (samples) seeds.push(some(...samples), some(...samples))
    }
    args.forEach((arg) => collect(arg, z))
    for (const [method, ...rest] of calls) rest.forEach((arg) => collect(arg, method))
  }
  walk(expression)
  if (seeds.length === 0) return odd
  const seed = fc.oneof(...seeds)
  return fc.oneof({ weight: 3, arbitrary: seed }, { weight: 2, arbitrary: changed(seed) })
}

/** Short texts of what patterns tell apart. */
const ofPattern = fc
  .array(some(...'a b c K k 0 - _ é 😀 \u212A \u2028'.split(' '), ' ', '\n', '\r', '\t', '\v'), {
    maxLength: 4,
    size: 'max',
  })
  .map((characters) => characters.join(''))

const ofSpaces = fc
  .array(some('a', 'b', '0', ' ', '\n', '\r', '\t', '\v', '\f', '\u00A0'), { maxLength: 3, size: 'max' })
  .map((characters) => characters.join(''))

/** Short texts, as long in one unit as in no other. */
const ofLength = fc
  .array(some('a', '9', 'K', '😀', 'é', 'e\u0301', ' '), { maxLength: 6, size: 'max' })
  .map((characters) => characters.join(''))

function nearNumber(value: number): fc.Arbitrary<string> {
  const step = Math.max(Number.MIN_VALUE, Math.abs(value) * Number.EPSILON)
  return some(value, value + 1, value - 1, value + step, value - step, -value, value * 2, value / 2).map(String)
}

const matchingOnce = new Map<string, fc.Arbitrary<string>>()

/** Texts that a pattern matches, where they can be made. */
function matching(regex: readonly [string, string]): fc.Arbitrary<string> {
  const key = regex.join('/')
  let texts = matchingOnce.get(key)
  if (!texts) {
    try {
      texts = fc.stringMatching(new RegExp(regex[0], regex[1].replace(/[^usi]/g, '').replace('i', '')), {
        maxLength: 12,
      })
      fc.sample(texts, { numRuns: 3, seed: 1 })
    } catch {
      // Lookaround, references.
      texts = some('a', 'ab', 'aa', 'b', 'K', 'ac')
    }
    matchingOnce.set(key, texts)
  }
  return texts
}

const MARKS = [
  '',
  ' ',
  'a',
  'K',
  'k',
  '\u212A',
  'ſ',
  '0',
  '-',
  '.',
  '@',
  ':',
  '\n',
  '\r',
  '\v',
  '\t',
  '\u2028',
  '\u00A0',
  'é',
  '😀',
  '\u0301',
  '"',
  "'",
]

/** The same with one character put in, taken out or replaced, or in another case. */
function changed(seed: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(seed, fc.nat(40), fc.nat(1), some(...MARKS), fc.nat(9)).map(([text, at, cut, mark, how]) => {
    if (how === 0) return text.toUpperCase()
    if (how === 1) return text.toLowerCase()
    if (how === 2) return text + mark
    if (how === 3) return text.normalize('NFD')
    const points = Array.from(text)
    points.splice(at % (points.length + 1), cut, mark)
    return points.join('')
  })
}

/** The cells of a text column, made for its schema, with some that are missing. */
export function textCells(schema: Expression): fc.Arbitrary<(string | null)[]> {
  const fitting = near(schema)
  const integers = fc.integer({ min: -9, max: 9 }).map(String)
  const numbers = fc.oneof(integers, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fitting)
  const reading = readingOf(schema)
  const ofNumbers = reading === 'number' ? 3 : 1
  const cell = fc.oneof(
    { weight: 5, arbitrary: pool(fitting) },
    { weight: 3, arbitrary: pool(fc.oneof(fitting, odd)) },
    { weight: 1, arbitrary: pool(odd) },
    // Columns that the engine takes for numbers.
    { weight: ofNumbers, arbitrary: pool(fc.oneof(integers, fc.integer().map(String))) },
    { weight: ofNumbers, arbitrary: pool(numbers) },
    { weight: ofNumbers, arbitrary: pool(some(...ODD_NUMBERS)) },
    { weight: reading === 'date' ? 9 : 1, arbitrary: pool(some(...ODD_DATES)) },
    { weight: 1, arbitrary: pool(some('true', 'false', 'TRUE', 'False', 'NA', 'tRue', ' true')) },
  )
  // The engine takes no text with U+0000, and no half of a character; a mark at the front of a file is no text.
  return cell.map((cells) => cells.map((one) => (one === null ? null : one.replace(/[\0\p{Surrogate}]|\uFEFF$/gu, ''))))
}

function pool(cell: fc.Arbitrary<string>): fc.Arbitrary<(string | null)[]> {
  return fc.array(fc.option(cell, { freq: 12 }), { minLength: 1, maxLength: 48, size: 'max' })
}

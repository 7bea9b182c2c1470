import fc from 'fast-check'
import type { Arg, Call, Expression } from './expression.ts'
import { PATTERNS, randomPattern } from './patterns.ts'

/** One of some values. */
export const some = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)
/** A function of `code.ts`. */
export const code = (name: string): Arg => ({ code: name })

/** What checks take behind their own argument. */
const params: fc.Arbitrary<Arg[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Arg[]>([]) },
  {
    weight: 2,
    arbitrary: some<Arg[]>(
      ['own words'],
      [{ object: { abort: true } }],
      [{ object: { error: code('words') } }],
      [{ object: { abort: true, error: 'own words' } }],
    ),
  },
)

/** A method with arguments, and sometimes with what all checks take. */
export function call(method: string, ...args: fc.Arbitrary<Arg>[]): fc.Arbitrary<Call> {
  return fc.tuple(fc.tuple(...args), params).map(([own, more]): Call => [method, ...own, ...more])
}

function made(z: fc.Arbitrary<string>, calls: fc.Arbitrary<Call>, most: number): fc.Arbitrary<Expression> {
  return fc.tuple(z, fc.array(calls, { maxLength: most })).map(([name, all]) => ({ z: name, calls: all }))
}

const size: fc.Arbitrary<Arg> = fc.oneof(
  { weight: 12, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: some<Arg>(2.5, -1, { number: 'NaN' }, { number: 'Infinity' }) },
)
const part = some('a', 'ab', '', "'", '%', '_', 'é', '😀', ' ', '"', '\\', '.', 'a\nb')
const pattern = call(
  'regex',
  fc.oneof(some(...PATTERNS), randomPattern).map((regex) => ({ regex })),
)
const usualTextCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(call('min', size), call('max', size), call('length', size), call('nonempty')) },
  { weight: 3, arbitrary: fc.oneof(call('startsWith', part), call('endsWith', part), call('includes', part)) },
  { weight: 6, arbitrary: pattern },
  { weight: 1, arbitrary: fc.oneof(call('lowercase'), call('uppercase')) },
)
const textCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: usualTextCall },
  {
    weight: 1,
    arbitrary: fc.tuple(part, fc.nat(3)).map(([text, at]): Call => ['includes', text, { object: { position: at } }]),
  },
  { weight: 1, arbitrary: some<Call>(['trim'], ['toLowerCase'], ['toUpperCase'], ['normalize'], ['normalize', 'NFD']) },
)
const text = made(some('string', 'string', 'string', 'coerce.string'), textCall, 3)

/** Formats by the name of their function, in this or a later version of Zod. */
const FORMATS =
  'email url httpUrl uuid uuidv4 uuidv6 uuidv7 guid nanoid cuid cuid2 ulid xid ksuid ipv4 ipv6 mac cidrv4 cidrv6 ' +
  'base64 base64url e164 jwt emoji hostname hex creditCard iban currencyCode iso.date iso.time iso.datetime iso.duration'
const format: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 4, arbitrary: made(some(...FORMATS.split(' ')), textCall, 1) },
  {
    weight: 2,
    arbitrary: some<Expression>(
      { z: 'iso.datetime', args: [{ object: { offset: true } }] },
      { z: 'iso.datetime', args: [{ object: { local: true } }] },
      { z: 'iso.datetime', args: [{ object: { precision: 3 } }] },
      { z: 'iso.datetime', args: [{ object: { precision: -1, local: true, offset: true } }] },
      { z: 'iso.time', args: [{ object: { precision: 0 } }] },
      { z: 'email', args: [{ object: { pattern: { regex: ['^.+@.+$', 'gi'] } } }] },
      { z: 'hash', args: ['sha256'] },
      { z: 'stringFormat', args: ['email', code('hasNoA')] },
      { z: 'stringFormat', args: ['regex', { regex: ['^a', ''] }] },
      { z: 'mac', args: [{ object: { delimiter: '-' } }] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(some('email', 'uuid', 'ipv4', 'date', 'datetime', 'url', 'base64', 'jwt'), textCall)
      .map(([name, more]): Expression => ({ z: 'string', calls: [[name], more] })),
  },
)

const bound: fc.Arbitrary<Arg> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -6, max: 6 }) },
  {
    weight: 3,
    arbitrary: some<Arg>(0, { number: '-0' }, 0.1, 0.3, 2.5, -1.5, 1e21, 5e-324, 2 ** 53 - 1, 2 ** 53, -(2 ** 53)),
  },
  {
    weight: 1,
    arbitrary: some<Arg>({ number: 'Infinity' }, { number: '-Infinity' }, { number: 'NaN' }, 1.7976931348623157e308),
  },
  {
    weight: 1,
    arbitrary: fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value): Arg => (Object.is(value, -0) ? { number: '-0' } : value)),
  },
)
const limit = fc.oneof(call('min', bound), call('max', bound), call('gt', bound), call('lt', bound))
const numberCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 8, arbitrary: limit },
  {
    weight: 2,
    arbitrary: some<Call>(['positive'], ['negative'], ['nonnegative'], ['nonpositive'], ['finite'], ['safe']),
  },
  { weight: 2, arbitrary: fc.oneof(call('int'), call('safe')) },
  { weight: 2, arbitrary: call('multipleOf', some<Arg>(1, 2, 0.5, 0.1, 0.01, 0.07, 1e-7, 0, -3)) },
  { weight: 1, arbitrary: bound.map((value): Call => ['min', value, { object: { when: code('notLong') } }]) },
)
const number: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 8, arbitrary: made(some('number', 'number', 'int', 'int'), numberCall, 3) },
  { weight: 2, arbitrary: made(some('int32', 'uint32', 'float32', 'float64', 'coerce.number'), numberCall, 2) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(some<Arg>({ object: { abort: true } }, 'own words'), numberCall)
      .map(([own, more]): Expression => ({ z: 'int', args: [own], calls: [more] })),
  },
  { weight: 1, arbitrary: fc.constant<Expression>({ z: 'nan' }) },
)

const big = some<Arg>(...['0', '3', '-5', '9007199254740993', '9223372036854775807'].map((bigint) => ({ bigint })))
const bigint = made(
  some('bigint', 'bigint', 'int64', 'uint64', 'coerce.bigint'),
  fc.oneof(
    call('min', big),
    call('max', big),
    call('gt', big),
    call('multipleOf', some<Arg>({ bigint: '2' }, { bigint: '3' })),
    some<Call>(['positive']),
  ),
  2,
)

const instant = some<Arg>(
  ...['2020-01-01', '2024-02-29T12:00:00.000Z', '1969-12-31T23:59:59.999Z', '2000-06-15T00:00:00.001Z', 'no time'].map(
    (date) => ({
      date,
    }),
  ),
)
const date = made(some('date', 'date', 'coerce.date'), fc.oneof(call('min', instant), call('max', instant)), 2)

const word = some<Arg>('a', 'b c', 'NA', 'x', 'open', 'Ä', "it's", '', ' a', '3', 'true', '😀')
const values: fc.Arbitrary<Expression> = fc.oneof(
  fc.uniqueArray(word, { minLength: 1, maxLength: 4 }).map((list): Expression => ({ z: 'enum', args: [list] })),
  fc.uniqueArray(word, { minLength: 1, maxLength: 4 }).map((list): Expression => ({ z: 'literal', args: [list] })),
  some<Expression>(
    { z: 'enum', args: [{ object: { A: 0, B: 1 } }] },
    { z: 'enum', args: [{ object: { A: 'a', B: 'b' } }] },
    { z: 'literal', args: [[1, 2.5, -3]] },
    { z: 'literal', args: [[0, { number: 'NaN' }]] },
    { z: 'literal', args: [[1, 'a', true]] },
    { z: 'literal', args: [[{ bigint: '3' }, { bigint: '-5' }]] },
    { z: 'literal', args: [true] },
    { z: 'literal', args: [['a', null]] },
    { z: 'literal', args: [{ undefined: true }] },
  ),
)

const special: fc.Arbitrary<Expression> = some<Expression>(
  { z: 'boolean' },
  { z: 'boolean' },
  { z: 'coerce.boolean' },
  { z: 'stringbool' },
  { z: 'stringbool', args: [{ object: { truthy: ['ja', 'Y'], falsy: ['nein'], case: 'sensitive' } }] },
  { z: 'any' },
  { z: 'unknown' },
  { z: 'never' },
  { z: 'null' },
  { z: 'json' },
  { z: 'templateLiteral', args: [['a-', { z: 'int' }]] },
  { z: 'templateLiteral', args: [[{ z: 'enum', args: [['x', 'open']] }, '-', { z: 'string', calls: [['min', 1]] }]] },
  { z: 'templateLiteral', args: [[{ z: 'number' }, 'px']] },
  { z: 'array', args: [{ z: 'number' }], calls: [['max', 3]] },
  { z: 'array', args: [{ z: 'int', calls: [['min', 0]] }] },
  { z: 'array', args: [{ z: 'string', calls: [['min', 2]] }], calls: [['min', 1]] },
  { z: 'object', args: [{ object: { a: { z: 'int' }, b: { z: 'string', calls: [['min', 2], ['optional']] } } }] },
  { z: 'strictObject', args: [{ object: { a: { z: 'number', calls: [['nullable']] } } }] },
  { z: 'custom', args: [code('isShort')] },
  {
    z: 'codec',
    args: [
      { z: 'string' },
      { z: 'number', calls: [['max', 3]] },
      { object: { decode: code('toNumber'), encode: code('toText') } },
    ],
  },
)

/** Schemas without anything around them. */
export const plain: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 3, arbitrary: format },
  { weight: 9, arbitrary: number },
  { weight: 2, arbitrary: bigint },
  { weight: 2, arbitrary: date },
  { weight: 3, arbitrary: values },
  { weight: 3, arbitrary: special },
)

/** Schemas that have ways of their own to run, as most columns do. */
export const usual: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 6, arbitrary: made(fc.constant('string'), usualTextCall, 2) },
  { weight: 3, arbitrary: format },
  { weight: 5, arbitrary: made(some('number', 'int'), limit, 2) },
  { weight: 3, arbitrary: values },
  { weight: 1, arbitrary: fc.constant<Expression>({ z: 'boolean' }) },
  { weight: 2, arbitrary: fc.constant<Expression>({ z: 'date' }) },
)

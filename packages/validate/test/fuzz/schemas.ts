import fc from 'fast-check'
import type { Arg, Call, Expression } from './expression.ts'
import { call, code, plain, some, usual } from './plain-schemas.ts'

const chosen = some<Arg>(0, 'a', null, 1.5, true, { undefined: true }, { bigint: '3' }, { date: '2020-01-01' })
const added: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 6,
    arbitrary: some<Call>(
      ['nullable'],
      ['optional'],
      ['nullish'],
      ['readonly'],
      ['nonoptional'],
      ['brand'],
      ['describe', 'a column'],
      ['exactOptional'],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(some('default', 'prefault', 'catch'), chosen).map(([method, value]): Call => [method, value]),
  },
  {
    weight: 3,
    arbitrary: call(
      'refine',
      some(
        ...[
          'hasNoA',
          'isNotThree',
          'isNotMinusZero',
          'isNotMinusZero',
          'isEven',
          'isShort',
          'isAscii',
          'isWeekday',
        ].map(code),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: some<Call>(
      ['superRefine', code('saysTwice')],
      ['refine', code('isShort'), { object: { when: code('always') } }],
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(some('lengthOf', 'toNumber', 'toText', 'invert', 'trimmed', 'emptyIsNull'), fc.boolean())
      .map(([name, over]): Call => [over && name === 'trimmed' ? 'overwrite' : 'transform', code(name)]),
  },
  { weight: 2, arbitrary: plain.map((next): Call => ['pipe', next]) },
  { weight: 1, arbitrary: plain.map((other): Call => ['or', other]) },
  { weight: 1, arbitrary: some<Call>(['and', { z: 'any' }], ['and', { z: 'string' }], ['array']) },
)

/** Schemas of columns: plain ones mostly, since those have ways of their own, and all that may stand around them. */
export const schemas: fc.Arbitrary<Expression> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc
      .tuple(
        fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: plain }),
        some<Call[]>([], [], [['nullable']], [['optional']], [['readonly']]),
      )
      .map(([inner, more]) => withCalls(inner, more)),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(plain, fc.array(added, { minLength: 1, maxLength: 3 }))
      .map(([inner, more]) => withCalls(inner, more)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(some('union', 'union', 'xor'), fc.array(plain, { minLength: 1, maxLength: 3 }))
      .map(([z, list]): Expression => ({ z, args: [list] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(some('trimmed', 'emptyIsNull', 'same', 'doubled').map(code), plain)
      .map(([first, inner]): Expression => ({ z: 'preprocess', args: [first, inner] })),
  },
)

function withCalls(inner: Expression, more: readonly Call[]): Expression {
  return { ...inner, calls: [...(inner.calls ?? []), ...more] }
}

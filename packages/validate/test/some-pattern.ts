import fc from 'fast-check'

const atom = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'K', '0', '-', ' ', '\\.', '\\/', '\\n', '\\t') },
  { weight: 3, arbitrary: fc.constantFrom('.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\b', '\\B') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('[ab]', '[^a]', '[a-k0-9]', '[^\\d]', '[\\s-]', '[\\W]', '[^\\S]', '[.*]', '[\\]^]'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('(?=a)', '(?<!b)', '\\1', '(a)', '(?:b|)', '(?<n>a)', 'é', '\\u00e9', '\\x41'),
  },
)
const pattern: fc.Arbitrary<string> = fc.letrec<{ alternatives: string; sequence: string; part: string }>((tie) => ({
  alternatives: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('part'), { minLength: 0, maxLength: 4 }).map((parts) => parts.join('')),
  part: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3 },
        atom,
        tie('alternatives').map((inner) => `(?:${inner})`),
      ),
      fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,3}', '*?', '{2,}'),
    )
    .map(([body, times]) => (/^(\\[bB]|\(\?[=!<])/.test(body) ? body : `${body}${times}`)),
})).alternatives
/** An expression of JavaScript; nothing for a text that is none. */
export const somePattern: fc.Arbitrary<RegExp | undefined> = fc
  .tuple(
    fc.constantFrom('', '^', '^'),
    pattern,
    fc.constantFrom('', '$', '$'),
    fc.constantFrom('', 'i', 'u', 's', 'iu', 'g'),
  )
  .map(([start, body, end, flags]) => {
    try {
      return new RegExp(`${start}${body}${end}`, flags)
    } catch {
      return undefined
    }
  })
/** A text that such expressions may find something in. */
export const someText: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[abkK0-9 .\-/]{0,6}$/),
  fc.string({
    maxLength: 5,
    unit: fc.constantFrom(
      'a',
      'b',
      'K',
      'k',
      '0',
      ' ',
      '-',
      '\n',
      '\r',
      '\t',
      '\v',
      '\f',
      '_',
      '~',
      '\u007F',
      '\u001F',
    ),
  }),
)

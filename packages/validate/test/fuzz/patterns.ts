import fc from 'fast-check'

/** A regular expression: its source and flags. */
type Pattern = readonly [source: string, flags: string]

/** What people write, and what is odd about expressions of JavaScript. */
export const PATTERNS: readonly Pattern[] = [
  ['^[a-c]+$', ''],
  ['^[A-Z]{2}\\d{3}$', ''],
  ['^[A-Z]{2}\\d{3}$', 'i'],
  ['a', 'g'],
  ['a', 'y'],
  ['^b', 'm'],
  ['c$', 'm'],
  ['^.$', ''],
  ['^.$', 'u'],
  ['^.$', 's'],
  ['^..$', 'su'],
  ['\\s', ''],
  ['^\\S+$', ''],
  ['^\\w+$', ''],
  ['^\\W$', 'i'],
  ['\\bab?\\b', ''],
  ['\\Ba', ''],
  ['[^\\d]', ''],
  ['^[^a]$', ''],
  ['^(a|b)*$', ''],
  ['^(?:a|bc){2}$', ''],
  ['^(?=a)', ''],
  ['(?<!a)b', ''],
  ['^(.)\\1$', ''],
  ['^a|b$', ''],
  ['$a', ''],
  ['k', 'i'],
  ['[k-s]', 'i'],
  ['[^k]', 'i'],
  ['é', ''],
  ['^[é-ü]$', 'i'],
  ['\\u{1F600}', 'u'],
  ['^\\p{L}+$', 'u'],
  ['^[\\w--a]+$', 'v'],
  ['', ''],
  ['^$', ''],
  ['[]', ''],
  ['^[^]*$', ''],
  ['^-?\\d+(\\.\\d+)?$', ''],
  ['^\\d{4}-\\d{2}-\\d{2}$', ''],
  ['^[\\w.+-]+@\\w+\\.\\w{2,}$', ''],
  ['\\/', ''],
  ['^a{0}b{0,1}c{1,}$', ''],
  ['^(?:a+)+$', ''],
  ['\\t|\\n|\\r', ''],
  ['\\x41|\\u0042|\\cA', ''],
  ['^(?<year>\\d{4})$', ''],
  ['a{2', ''],
]

const atom = fc.constantFrom(
  ...'a b K 0 - é \\. \\/ \\n . \\d \\D \\w \\W \\s \\S \\b \\B [ab] [^a] [a-k0-9] [^\\d] [\\s-] [\\W] [^\\S] [^\\s] [.*] (?=a) \\1 (a) (?:b|)'.split(
    ' ',
  ),
)
const sequence = fc
  .array(fc.tuple(atom, fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,3}', '*?')), { maxLength: 4 })
  .map((parts) => parts.map(([body, times]) => (/^(\\[bB]|\(\?=)/.test(body) ? body : body + times)).join(''))

/** Patterns by chance. */
export const randomPattern: fc.Arbitrary<Pattern> = fc
  .tuple(
    fc.array(
      fc.tuple(fc.constantFrom('', '^', '^'), sequence, fc.constantFrom('', '$', '$')).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 2 },
    ),
    fc.constantFrom('', '', 'i', 'u', 's', 'iu', 'g'),
  )
  .map(([alternatives, flags]): Pattern => [alternatives.join('|'), flags])
  .filter(([source, flags]) => {
    try {
      return new RegExp(source, flags).flags === flags
    } catch {
      return false
    }
  })

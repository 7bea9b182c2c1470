import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonPattern } from '../../packages/validate/src/exchange/python/from-python.ts'
import { pythonSource } from '../../packages/validate/src/exchange/python/to-python.ts'
import { canInstall } from '../peer.ts'

/** Whether Python finds each pattern in each text; nothing for patterns that are none of Python's. */
const SEARCH = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
def found(source):
    try:
        pattern = re.compile(source)
    except (re.error, OverflowError):
        return None
    return [pattern.search(text) is not None for text in asked["texts"]]
json.dump([found(source) for source in asked["patterns"]], sys.stdout)
`

function python(patterns: readonly string[], texts: readonly string[]): (boolean[] | null)[] {
  const input = JSON.stringify({ patterns, texts })
  const answer = execFileSync('python3', ['-c', SEARCH], { input, maxBuffer: 1 << 28 })
  return JSON.parse(answer.toString()) as (boolean[] | null)[]
}

const SEED = 20_261_123
const TEXTS = [
  ...fc.sample(
    fc
      .array(fc.constantFrom(...Array.from('ab1_-. \n\r\tAKkſéÉ٣Ⅷ\u00a0\u2028\u001c\ufeff\u0085^$][')), {
        maxLength: 6,
      })
      .map((points) => points.join('')),
    { numRuns: 400, seed: SEED },
  ),
  '',
  'a',
  'ab',
  'aab',
  'abc\n',
  'a.b',
  '2024-05',
  'foo bar',
  'a\nb',
]

const atom = fc.constantFrom('a', 'b', '1', '.', '\\.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '\\S', '_', 'é', '-')
const piece = fc.oneof(
  { weight: 4, arbitrary: atom },
  fc.tuple(atom, fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '+?', '{2,}')).map((parts) => parts.join('')),
  fc.constantFrom('\\b', '(?:a|b)', '(a)', '(?=a)', '(?!b)', '[a-b1]', '[\\w.]', '[^\\s]', '[\\d_]', '\\D', '\\W'),
)
const common = fc
  .tuple(fc.constantFrom('', '^'), fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '$'))
  .map(([start, pieces, end]) => `${start}${pieces.join('')}${end}`)
const ofPython = fc.oneof(
  common,
  fc
    .tuple(
      common,
      fc.constantFrom(
        '(?i)',
        '(?s)',
        '(?m)',
        '(?a)',
        '(?P<n>a)',
        '[]a]',
        '[^\\W_]',
        '\\A',
        '\\Z',
        'x{,2}',
        '[\\D]',
        '\\x61',
      ),
    )
    .map(([rest, more]) => (more.startsWith('(?') && more.length === 4 ? `${more}${rest}` : `${rest}${more}`)),
)
const ofJavaScript = fc
  .tuple(
    fc.oneof(
      common,
      fc.tuple(common, fc.constantFrom('[^]', '[]', '\\p{Nd}', '(?:a|b$)')).map((parts) => parts.join('')),
    ),
    fc.constantFrom('', 'u', 'i', 's', 'iu'),
  )
  .map(([source, flags]) => {
    try {
      return new RegExp(source, flags)
    } catch {
      return /a/
    }
  })

describe.runIf(canInstall)('patterns, judged by the re of Python itself', () => {
  test('what Python finds, the pattern translated from it finds', () => {
    const patterns = fc.sample(ofPython, { numRuns: 1500, seed: SEED })
    let cells = 0
    python(patterns, TEXTS).forEach((answers, at) => {
      const source = patterns[at] as string
      if (answers === null) return
      const translated = pythonPattern(source)
      cells += TEXTS.length
      const wrong = TEXTS.filter((text, index) => translated.test(text) !== answers[index])
      expect({ source, wrong }).toEqual({ source, wrong: [] })
    })
    expect(cells).toBeGreaterThan(400_000)
  })

  test('what JavaScript finds, the pattern translated for Python finds', () => {
    let refused = 0
    const patterns = fc.sample(ofJavaScript, { numRuns: 1500, seed: SEED }).flatMap((pattern) => {
      try {
        return [[pattern, pythonSource(pattern)] as const]
      } catch {
        refused++
        return []
      }
    })
    let cells = 0
    const answers = python(
      patterns.map(([, source]) => source),
      TEXTS,
    )
    for (const [at, [pattern, source]] of patterns.entries()) {
      cells += TEXTS.length
      const wrong = TEXTS.filter((text, index) => pattern.test(text) !== answers[at]?.[index])
      expect({ pattern: String(pattern), source, wrong }).toEqual({ pattern: String(pattern), source, wrong: [] })
    }
    expect(refused).toBeLessThan(300)
    expect(cells).toBeGreaterThan(400_000)
  })
})

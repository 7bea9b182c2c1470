import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { acceptsText } from '../../src/bytes/dfa.ts'
import { patternDfa } from '../../src/bytes/pattern.ts'
import { FORMAT_SAMPLES } from '../fuzz/format-samples.ts'
import { somePattern, someText } from '../some-pattern.ts'

const isAscii = (text: string): boolean => new TextEncoder().encode(text).length === text.length

test('an automaton accepts the texts in ASCII in which JavaScript finds the pattern, and no others', () => {
  let compared = 0
  fc.assert(
    fc.property(somePattern, fc.array(someText, { minLength: 30, maxLength: 60 }), (regex, texts) => {
      const dfa = regex && patternDfa(regex)
      if (!dfa) return
      const plain = new RegExp(regex.source, regex.flags.replace('g', ''))
      expect(texts.filter((text) => acceptsText(dfa, text))).toEqual(
        texts.filter((text) => isAscii(text) && plain.test(text)),
      )
      compared += texts.length
    }),
    { seed: 20_261_123, numRuns: 700 },
  )
  expect(compared).toBeGreaterThan(7000)
})

/** The patterns of Zod's own formats. */
const formats: Readonly<Record<string, z.ZodType>> = {
  email: z.email(),
  html5: z.email({ pattern: z.regexes.html5Email }),
  uuid: z.uuid(),
  uuidv4: z.uuidv4(),
  uuidv7: z.uuidv7(),
  guid: z.guid(),
  nanoid: z.nanoid(),
  cuid: z.cuid(),
  cuid2: z.cuid2(),
  ulid: z.ulid(),
  ipv4: z.ipv4(),
  cidrv4: z.cidrv4(),
  e164: z.e164(),
  date: z.iso.date(),
  time: z.iso.time(),
  datetime: z.iso.datetime({ offset: true, local: true }),
}

test.each(Object.entries(formats))('%s has an automaton, which says what its pattern says', (name, schema) => {
  const { pattern } = (schema as unknown as { _zod: { def: { pattern: RegExp } } })._zod.def
  const dfa = patternDfa(pattern) as NonNullable<ReturnType<typeof patternDfa>>
  expect(dfa.next.length).toBeLessThan(300)
  const samples = Object.values(FORMAT_SAMPLES).flat()
  const near = (FORMAT_SAMPLES[name] ?? samples).flatMap((text) =>
    text
      .split('')
      .flatMap((_, at) => [text.slice(0, at) + text.slice(at + 1), `${text.slice(0, at)}0${text.slice(at)}`]),
  )
  for (const text of [...samples, ...near]) {
    expect([text, acceptsText(dfa, text)]).toEqual([text, isAscii(text) && pattern.test(text)])
  }
})

test.each([
  [/^(?!\.)(?!.*\.\.)[a-z.]+@b$/, ['a.b@b'], ['.a@b', 'a..b@b', 'a@bb']],
  [/^(?=.*\d)(?=.*[a-z]).{4,}$/, ['abc1', '1xyz'], ['abcd', '1234', 'a1']],
  [/^[A-Z]{2}(?=\n?$)/, ['DE', 'DE\n'], ['DE\n\n', 'DEU']],
  [/foo|ba?r$/i, ['a foo b', 'xBAR', 'br'], ['bar ', 'fo']],
  [/^$|^a/, ['', 'ab'], ['b']],
])('%s', (pattern, good, bad) => {
  const dfa = patternDfa(pattern) as NonNullable<ReturnType<typeof patternDfa>>
  expect(good.map((text) => acceptsText(dfa, text))).toEqual(good.map(() => true))
  expect(bad.map((text) => acceptsText(dfa, text))).toEqual(bad.map(() => false))
})

test.each([/(a)\1/, /\bx/, /(?<!a)b/, /^a(?!b)c/, /a^b/, /\p{L}/u, /[k]/y, /^b/m, new RegExp(`^(?:a{90}){90}$`)])(
  '%s has none',
  (pattern) => {
    expect(patternDfa(pattern)).toBeUndefined()
  },
)

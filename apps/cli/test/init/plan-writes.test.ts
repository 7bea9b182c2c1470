import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planWrites } from '../../src/init/plan-writes.ts'

const lines = fc.array(fc.constantFrom('a', 'b', '# c', 'd e', ''), { maxLength: 6 })

test('lines that are missing are added once, below those that are there', () => {
  fc.assert(
    fc.property(lines, lines, fc.boolean(), (wanted, there, ends) => {
      const present = there.join('\n') + (ends ? '\n' : '')
      const file = { path: 'f', text: `${wanted.join('\n')}\n`, what: '', isLines: true }
      const [first] = planWrites([file], () => present)
      const text = first?.text ?? ''
      expect(text.startsWith(present)).toBe(true)
      const rules = wanted.filter((line) => line !== '' && !line.startsWith('#'))
      expect(text.split('\n')).toEqual(expect.arrayContaining(rules))
      expect(planWrites([file], () => text)).toMatchObject([{ action: 'keep', text }])
    }),
  )
})

test('a file that is there is kept, one that is not is written', () => {
  const file = { path: 'f', text: 'new', what: '' }
  expect(planWrites([file], () => 'old')).toEqual([{ file, action: 'keep', text: 'old' }])
  expect(planWrites([file], () => undefined)).toEqual([{ file, action: 'write', text: 'new' }])
})

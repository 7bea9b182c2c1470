import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withIgnored } from '../src/gitignore.ts'
import { env, newGitRepo, put } from './sandbox.ts'

test('a line is added once, after a line end', () => {
  expect(withIgnored('', 'a')).toBe('/a\n')
  expect(withIgnored('/b', 'a')).toBe('/b\n/a\n')
  expect(withIgnored('/b\r\n/a\r\n', 'a')).toBe('/b\r\n/a\r\n')
  expect(withIgnored('', 'w [x]#!*?\\  ')).toBe('/w \\[x\\]\\#\\!\\*\\?\\\\\\ \\ \n')
})

test('git ignores what the line names, and nothing else', () => {
  const folder = newGitRepo()
  const name = fc
    .array(fc.constantFrom(' ', '\\', '[', ']', '!', '*', '?', '#', 'a', 'é', '\t', '-'), {
      minLength: 1,
      maxLength: 6,
    })
    .map((characters) => characters.join(''))
  fc.assert(
    fc.property(name, name, (ignored, other) => {
      put(folder, '.gitignore', withIgnored('', ignored))
      const fields = execFileSync('git', ['check-ignore', '--no-index', '-v', '-n', '-z', '--stdin'], {
        cwd: folder,
        env,
        encoding: 'utf8',
        input: `./${ignored}\0./${other}\0`,
      }).split('\0')
      expect(fields[0]).toBe('.gitignore')
      expect(fields[4]).toBe(other === ignored ? '.gitignore' : '')
    }),
    { numRuns: 60 },
  )
})

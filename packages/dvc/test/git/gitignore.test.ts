import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { add } from '../../src/add.ts'
import { withIgnored, withoutIgnored } from '../../src/git/gitignore.ts'
import { move } from '../../src/move.ts'
import { remove } from '../../src/remove.ts'
import { env, newGitRepo, put, repoWith } from '../sandbox.ts'

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

test('a line goes in whichever form it was written', () => {
  const name = 'w [x]#\\ '
  for (const line of ['/w \\[x\\]\\#\\\\\\ ', '/w \\[x\\]\\#\\\\ ', '/w \\[x\\]\\#\\ ', '/w [x]#\\ ']) {
    expect(withoutIgnored(`/a\n${line}\r\n\n/b`, name)).toBe('/a\n\n/b')
  }
  expect(withoutIgnored('/a  \n', 'a')).toBe('')
  expect(withoutIgnored('/a\na\n/a/\n', 'a ')).toBe('/a\na\n/a/\n')
  expect(withoutIgnored('# /a', 'a')).toBe('# /a')
})

test('what is added is taken out again, and nothing else', () => {
  const name = fc.string({ unit: fc.constantFrom(' ', '\\', '[', '#', '!', 'a', '\t'), minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
      const [first = '', ...rest] = names.map((each) => `${each}.`)
      const before = rest.reduce(withIgnored, '# mine\n')
      expect(withoutIgnored(withIgnored(before, first), first)).toBe(before)
    }),
  )
})

test.each(['a\nb', 'a\r'])('%j is refused: no line can name it', (name) => {
  expect(() => withIgnored('', name)).toThrow(expect.objectContaining({ code: 'DS_DVC_PATH_NAME' }))
})

test('a file that is not UTF-8 keeps its bytes, through add, move and remove', async () => {
  const cwd = await repoWith({ a: 'one' }, [])
  const mine = Buffer.from('caf\u00e9.bin \u00e0\n', 'latin1')
  const text = (): string => readFileSync(join(cwd, '.gitignore'), 'latin1')
  const before = mine.toString('latin1')
  put(cwd, '.gitignore', mine)
  await add(['a'], { cwd, env })
  expect(text()).toBe(`${before}/a\n`)
  await move('a', '\u00e9\u00e0', { cwd, env })
  expect(text()).toBe(`${before}/${Buffer.from('\u00e9\u00e0').toString('latin1')}\n`)
  await remove(['\u00e9\u00e0.dvc'], { cwd, env })
  expect(text()).toBe(before)
})

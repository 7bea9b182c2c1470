import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { glob, matchesGlob } from '../src/glob.ts'

const root = mkdtempSync(join(tmpdir(), 'dayshift-glob-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

for (const path of [
  'a.csv',
  'b.csv',
  'c.json',
  'x+(1).csv',
  '.dot.csv',
  'd/a.csv',
  'd/e/f/a.csv',
  'd/.h/a.csv',
  'a-b/a.csv',
  '[old]/a.csv',
]) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), 'x\n')
}

test.each([
  ['*.csv', 'a.csv b.csv x+(1).csv'],
  ['?.csv', 'a.csv b.csv'],
  ['[a-b].*', 'a.csv b.csv'],
  ['[!a]*', 'b.csv c.json x+(1).csv'],
  ['x+(?).csv', 'x+(1).csv'],
  ['.d*', '.dot.csv'],
  ['*/a.csv', '[old]/a.csv a-b/a.csv d/a.csv'],
  ['[old]/*.csv', '[old]/a.csv'],
  ['**/a.csv', '[old]/a.csv a-b/a.csv a.csv d/a.csv d/e/f/a.csv'],
  ['d/**', 'd/a.csv d/e/f/a.csv'],
  ['**/e/**/a.csv', 'd/e/f/a.csv'],
  ['d/a.csv', 'd/a.csv'],
  ['*', 'a.csv b.csv c.json x+(1).csv'],
  ['none/*', ''],
  ['a.csv/*', ''],
  ['[z-a]*', ''],
  ['[', ''],
])('%s matches %s', async (pattern, expected) => {
  const found = await glob(join(root, ...pattern.split('/')))
  expect(found.map((path) => relative(root, path).split(sep).join('/')).join(' ')).toBe(expected)
})

test('folders match too where they are asked for', async () => {
  const found = await glob(join(root, '*'), true)
  expect(found.map((path) => relative(root, path))).toEqual([
    '[old]',
    'a-b',
    'a.csv',
    'b.csv',
    'c.json',
    'd',
    'x+(1).csv',
  ])
})

test('a glob that is longer than any name matches nothing', () => {
  expect(matchesGlob('a', `[!${'9'.repeat(300_000)}`)).toBe(false)
})

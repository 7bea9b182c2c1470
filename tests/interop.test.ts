import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeOf, JUDGES, type Judge } from '../interop/judges.ts'

const interop = join(import.meta.dirname, '..', 'interop')
const files = readdirSync(interop, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts'))

function rowOf({ place, software, judges, needs }: Judge): string {
  const versions = software.map(({ name, pinned }) => (name === `zod ${pinned}` ? name : `${name} ${pinned}`))
  return [`\`${place}\``, versions.join(', '), judges, needs].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')
}

test('every test against others has a judge in interop/judges.ts, and every judge has tests', () => {
  expect(files.filter((file) => judgeOf(file) === undefined)).toEqual([])
  expect(JUDGES.filter((judge) => !files.some((file) => judgeOf(file) === judge)).map(({ place }) => place)).toEqual([])
})

test('interop/README.md has a row of each judge: versions, what it judges, what it needs', () => {
  const page = readFileSync(join(interop, 'README.md'), 'utf8')
  const lines = page.split('\n').map((line) => line.replaceAll(/ +/g, ' ').replaceAll(/^\| | \|$/g, ''))
  const rows = new Set(lines)
  expect(JUDGES.map(rowOf).filter((row) => !rows.has(row))).toEqual([])
})

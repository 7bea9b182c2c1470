import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

const program = join(import.meta.dirname, '..', 'bin', 'dayshift.js')
const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'prototype.md'), 'utf8')
const folder = newFolder()

/** The lines of shell on the page, but for those that go on until they are stopped. */
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block]) => (block as string).trimEnd().split('\n'))
  .filter((line) => !line.includes('--watch'))

beforeAll(async () => {
  await dayshift(folder, ['init', '--example'])
})

test('the page has examples', () => expect(lines.length).toBeGreaterThan(15))

test.each(lines)('%s', async (line) => {
  const script = `dayshift() { "${process.execPath}" "${program}" "$@"; }\n${line}`
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: folder })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^✔ prototype (data\/readings\.csv|standard input): /)
})

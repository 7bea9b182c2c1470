import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const faults = join(import.meta.dirname, '..', 'faults')
const rounds = async (program: string, ...words: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', join(faults, program), ...words])
  return stdout
}

test('killed, on a full disk, and eight at once, writers of logs and catalogs lose nothing', async () => {
  const said = await rounds('crowd.mjs', '--rounds', '4', '--seed', '5', '--quiet')
  expect(said).toMatch(/^4 rounds, \d+ records and revisions acknowledged, 0 rounds failed\n$/)
}, 300_000)

test('halted at file operations, torn and damaged, what the libraries acknowledged is there', async () => {
  const said = await rounds('main.mjs', '--in-process', '--rounds', '14', '--seed', '6', '--quiet', '--jobs', '1')
  expect(said).toMatch(/\n14 rounds, 0 failed\n$/)
}, 300_000)

test('killed and torn, a command loses nothing, and the next one succeeds', async () => {
  const said = await rounds('main.mjs', '--commands', 'log', '--rounds', '4', '--seed', '7', '--quiet', '--jobs', '2')
  expect(said).toMatch(/\n4 rounds, 0 failed\n$/)
}, 300_000)

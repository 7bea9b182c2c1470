import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = join(import.meta.dirname, '..', 'scripts', 'faults.mjs')

test('killed, on a full disk, and eight at once, writers of logs and catalogs lose nothing', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--rounds', '4', '--seed', '5', '--quiet'])
  expect(stdout).toMatch(/^4 rounds, \d+ records and revisions acknowledged, 0 rounds failed\n$/)
}, 180_000)

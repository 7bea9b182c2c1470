import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const contract = (name: string, columns: string): void =>
  writeFileSync(join(folder, name), `import { z } from 'zod'\nexport default z.object({ ${columns} })\n`)
contract('old.ts', "id: z.int(), country: z.enum(['DE', 'FR'])")
contract('looser.ts', "id: z.int(), country: z.enum(['DE', 'FR', 'US'])")
contract('optional.ts', "id: z.int(), country: z.enum(['DE', 'FR']), note: z.string().optional()")

test('what breaks is told, and whom; exit 1', async () => {
  const { code, stdout, stderr } = await dayshift(folder, ['compare', 'old.ts', 'looser.ts'])
  expect([code, stdout, stderr]).toEqual([1, '✖ breaks readers: \'country\' takes "US" too\n', ''])
  expect((await dayshift(folder, ['compare', 'old.ts', 'looser.ts', '--for', 'writers'])).code).toBe(0)
})

test('what breaks nobody, and nothing at all; exit 0', async () => {
  const optional = await dayshift(folder, ['compare', 'old.ts', 'optional.ts'])
  expect([optional.code, optional.stdout]).toEqual([0, "✔ breaks nobody: the column 'note' is new, and optional\n"])
  const same = await dayshift(folder, ['compare', 'old.ts', 'old.ts'])
  expect([same.code, same.stdout]).toEqual([0, 'the contracts say the same\n'])
})

test('as data', async () => {
  expect(await printed(folder, 'compare', 'looser.ts', 'old.ts')).toMatchObject({
    status: 'fail',
    exitCode: 1,
    result: { breaking: 1, differences: [{ column: 'country', change: 'tighter', breaksWriters: true }] },
  })
})

test.each([[['old.ts']], [['old.ts', 'old.ts', 'old.ts']], [['old.ts', 'old.ts', '--for', 'me']]])(
  '%j is wrong usage',
  async (words) => {
    expect((await dayshift(folder, ['compare', ...words])).code).toBe(2)
  },
)

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const folder = newFolder()
const rows = Array.from(
  { length: 200 },
  (_, at) => `${at},${at % 2 === 0 ? 'DE' : 'FR'},${at / 4},u${at}@example.com\n`,
)
writeFileSync(join(folder, 'people.csv'), `id,country,score,email\n${rows.join('')}`)

test('the contract is printed, and is a module that the data meets', async () => {
  const { code, stdout, stderr } = await dayshift(folder, ['infer', 'people.csv'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain("country: z.enum(['DE', 'FR'])")
  writeFileSync(join(folder, 'contract.ts'), stdout)
  const checked = await dayshift(folder, ['validate', 'people.csv', '--contract', 'contract.ts'])
  expect([checked.code, checked.stderr]).toEqual([0, ''])
})

test('texts have the quotes of the module, whatever they hold', async () => {
  const kinds = ['plain', "it's", 'say ""x""', 'both \' and ""', 'back\\slash\u0085']
  writeFileSync(join(folder, 'kinds.csv'), `kind\n${kinds.map((kind) => `"${kind}"\n`.repeat(9)).join('')}`)
  const { stdout } = await dayshift(folder, ['infer', 'kinds.csv', '--out', 'kinds.ts'])
  expect(stdout).toContain('written to kinds.ts')
  expect(readFileSync(join(folder, 'kinds.ts'), 'utf8')).toContain(
    String.raw`kind: z.enum(['back\\slash\u0085', "both ' and \"", "it's", 'plain', 'say "x"']),`,
  )
  expect((await dayshift(folder, ['validate', 'kinds.csv', '--contract', 'kinds.ts'])).code).toBe(0)
})

test('--out writes it, and does not write over one that is there', async () => {
  const first = await dayshift(folder, ['infer', 'people.csv', '--out', 'people.ts'])
  expect(first.stdout).toContain('dayshift validate people.csv --contract people.ts')
  const kept = readFileSync(join(folder, 'people.ts'), 'utf8')
  writeFileSync(join(folder, 'people.ts'), `${kept}// mine\n`)
  const again = await dayshift(folder, ['infer', 'people.csv', '--out', 'people.ts'])
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('people.ts is there already')])
  expect(readFileSync(join(folder, 'people.ts'), 'utf8')).toContain('// mine')
  await dayshift(folder, ['infer', 'people.csv', '--out', 'people.ts', '--force'])
  expect(readFileSync(join(folder, 'people.ts'), 'utf8')).toBe(kept)
})

test('--json gives what was inferred as data', async () => {
  const document = (await printed(folder, 'infer', 'people.csv')) as { result?: unknown }
  expect(document).toMatchObject({
    command: 'infer',
    status: 'pass',
    result: { source: 'people.csv', rows: 200, columns: [{ name: 'id', options: { primaryKey: true } }, {}, {}, {}] },
  })
})

test('odd names, a table without rows, and an empty file', async () => {
  writeFileSync(join(folder, "it's [1].csv"), '"a ""b""",日本\n1,x\n')
  const written = await dayshift(folder, ['infer', "it's [1].csv", '--out', 'odd.ts'])
  expect(written.stdout).toContain(`dayshift validate 'it'"'"'s [1].csv' --contract odd.ts`)
  expect((await dayshift(folder, ['validate', "it's [1].csv", '--contract', 'odd.ts'])).code).toBe(0)
  writeFileSync(join(folder, 'header.csv'), 'a,b\n')
  expect((await dayshift(folder, ['infer', 'header.csv'])).stdout).toContain('a: z.any()')
  writeFileSync(join(folder, 'empty.csv'), '')
  expect(await dayshift(folder, ['infer', 'empty.csv'])).toMatchObject({ code: 3, stdout: '' })
})

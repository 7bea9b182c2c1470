import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { open, sql, type Frame } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column, defineContract, validate, type ContractDefinition } from '../src/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/counterparts.md'), 'utf8')

/** The lines of the page's tables: a name, a contract, and data that it holds for and fails for. */
const lines = [...page.matchAll(/^\| `?(.+?)`? +\| `(columns: .+?)` +\| `([[{].*?)` +\| `([[{].*?)` +\|$/gm)].map(
  ([, name = '', contract = '', holds = '', fails = '']) => ({ name, contract, holds, fails }),
)

/** The contract that a line of the page says. */
function contractOf(text: string): ReturnType<typeof defineContract> {
  // oxlint-disable-next-line typescript/no-implied-eval -- The page is ours; what it says is what is tested.
  const read = new Function('z', 'sql', 'column', `return ({ ${text.replaceAll('\\`', '`')} })`)
  return defineContract(read(z, sql, column) as ContractDefinition)
}

function frameOf(text: string): Promise<Frame> {
  const data = JSON.parse(text) as unknown
  if (!Array.isArray(data)) return open([data as Record<string, unknown>])
  const rows = data.map((row: unknown) =>
    Array.isArray(row) ? Object.fromEntries(row.map((cell: unknown, at) => ['abc'.charAt(at), cell])) : { v: row },
  )
  return open(rows)
}

test('the page has a line for each check of Pandera and each expectation of Great Expectations', () => {
  expect(lines).toHaveLength(81)
  // No line was passed over for its form.
  expect(page.match(/^\| [`a-z…].*columns:/gm)).toHaveLength(lines.length)
})

describe.each(lines)('$name', ({ contract, holds, fails }) => {
  test('holds, and fails', async () => {
    expect((await validate(await frameOf(holds), contractOf(contract))).status).toBe('pass')
    expect((await validate(await frameOf(fails), contractOf(contract))).status).toBe('fail')
  })
})

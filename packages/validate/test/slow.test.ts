import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column, defineContract, validate } from '../src/index.ts'
import { eachWithin, endsWithin } from '../src/judge/time-limit.ts'
import { newFolder } from './folder.ts'

const { folder, table } = newFolder()
const built = join(import.meta.dirname, '../dist/index.js')

/** Matches in 2^39 ways, and then not. */
const LONG = `${'a'.repeat(40)}!`
const ROWS = `k,a\n${'1,aa\n'.repeat(3)}2,${LONG}\n3,b\n`
const SLOW = /^(a+)+$/

function spin(milliseconds: number): true {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
  return true
}

describe('a value that its contract does not come to an end with is an error that says where', () => {
  test.each<[string, z.ZodType, string]>([
    ['where SQL has refused it', z.string().regex(SLOW), 'the pattern /^(a+)+$/'],
    ['of several patterns, the slow one', z.string().regex(/a/).regex(SLOW).regex(/b*/), 'the pattern /^(a+)+$/'],
    ['where SQL has no word for it', z.string().regex(/^(?=a)(a+)+$/), 'the pattern /^(?=a)(a+)+$/'],
    [
      'in code that never ends',
      z.string().refine((text) => text !== LONG || spin(10_000)),
      '(a text of 41 characters)',
    ],
    ['in a refinement', z.string().refine((text) => SLOW.test(text)), '(a text of 41 characters)'],
    ['in a union', z.union([z.int(), z.string().regex(SLOW)]), '(a text of 41 characters)'],
  ])('%s', { timeout: 30_000 }, async (_, schema, words) => {
    const contract = defineContract({ columns: { a: column(schema, { pii: true }) } })
    const error = await validate(await table(ROWS), contract).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'DS_CONTRACT_SLOW',
      message: expect.stringMatching(
        /^the contract of 'a' did not come to an end with row 4 \(line 5\) in 2 s \(a text of 41/,
      ),
      hint: expect.stringMatching(words.includes('the pattern') ? /^Write the pattern/ : /^Look for a loop/),
    })
    expect(String(error)).toContain(words)
    expect(String(error)).not.toContain(LONG)
  })

  test('where rows are judged whole', { timeout: 30_000 }, async () => {
    const plain = z.object({ a: z.string().regex(SLOW) }).refine(() => true)
    await expect(validate(await table(ROWS), plain)).rejects.toThrow(
      "the contract of 'a' did not come to an end with row 4 (line 5) in 2 s (a text of 41 characters, the pattern /^(a+)+$/)",
    )
    const refined = z.object({ a: z.string() }).refine(({ a }) => SLOW.test(a))
    await expect(validate(await table(ROWS), refined)).rejects.toThrow(
      'the contract of rows did not come to an end with row 4 (line 5) in 2 s',
    )
  })

  test('in a Parquet file', { timeout: 30_000 }, async () => {
    const path = join(folder, 'slow.parquet')
    await (await table(ROWS)).write(path)
    await expect(validate(await open(path), z.object({ a: z.string().regex(SLOW) }))).rejects.toThrow(
      "'a' did not come to an end with row 4 in 2 s",
    )
  })
})

test('a value that SQL let pass is not judged again where that takes for ever', { timeout: 30_000 }, async () => {
  const schema = z.string().regex(/^(?:(a+)+b|a+!)$/)
  const { status, facts } = await validate(await table(`a\nab\n${LONG}\n`), z.object({ a: schema }))
  expect([status, facts.audited]).toEqual(['pass', 1])
})

test('values that take their time are judged', { timeout: 30_000 }, async () => {
  const contract = z.object({ a: z.int().refine((n) => n < 3 && spin(400)) })
  const { facts } = await validate(await table('a\n1\n2\n3\n4\n'), contract)
  expect(facts.checks.map(({ id, failed }) => [id, failed])).toContainEqual(['a: refine', 2])
})

// The process of a test cannot be sent signals.
test.skipIf(process.platform === 'win32')('signals are seen meanwhile', { timeout: 30_000 }, async () => {
  writeFileSync(join(folder, 'slow.csv'), ROWS)
  const script = join(folder, 'slow.mjs')
  writeFileSync(
    script,
    `const { validate } = await import(${JSON.stringify(built)})
     const { open } = await import(${JSON.stringify(join(import.meta.dirname, '../../core/dist/index.js'))})
     const { z } = await import(${JSON.stringify(import.meta.resolve('zod'))})
     const stop = new AbortController()
     process.on('SIGTERM', () => stop.abort())
     const contract = z.object({ a: z.string().refine((text) => { process.stdout.write('.'); return /^(a+)+$/.test(text) }) })
     await validate(await open('slow.csv'), contract, { signal: stop.signal }).catch(({ code }) => console.log(code))`,
  )
  const child = spawn(process.execPath, [script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    child.kill('SIGTERM')
  })
  await once(child, 'close')
  expect(printed).toMatch(/^\.+DS_ABORTED\n$/)
})

describe('a limit of time', () => {
  test('work ends, is stopped, or throws', () => {
    expect(endsWithin(1000, () => undefined)).toBe(true)
    expect(endsWithin(20, () => SLOW.test(LONG))).toBe(false)
    expect(() =>
      endsWithin(1000, () => {
        throw new Error('own')
      }),
    ).toThrow('own')
  })

  test('each value is done, those that were stopped again', async () => {
    const times = [0, 0, 0, 0, 0, 0]
    const each = (at: number): void => {
      times[at] = (times[at] as number) + 1
      if (at === 2 || at === 4) spin(300)
    }
    await eachWithin(times.length, each, () => Promise.reject(new Error('none')), undefined)
    expect(times).toEqual([1, 1, 1, 1, 2, 1])
  })

  test('nothing is to be done for no values', async () => {
    await expect(
      eachWithin(
        0,
        () => expect.unreachable(),
        () => expect.unreachable(),
        undefined,
      ),
    ).resolves.toBeUndefined()
  })
})

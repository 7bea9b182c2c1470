import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkTargets, validate } from '../../src/index.ts'
import { newFolder } from '../folder.ts'

const { folder, table } = newFolder()

describe('a file in which broken lines are kept', () => {
  const quarantine = join(folder, 'broken.jsonl')
  const source = join(folder, 'source.csv')
  writeFileSync(source, 'a,b\n1,2\n3\n9,4\n')
  const contract = z.object({ a: z.int().max(3), b: z.int() })

  test.each([
    ['failures', { failures: quarantine }, 'the broken lines and the failures'],
    ['good rows', { split: { good: join(folder, '.', 'broken.jsonl') } }, 'the broken lines and the good rows'],
    ['bad rows', { split: { bad: quarantine } }, 'the broken lines and the bad rows'],
  ])('gets no %s', async (_, options, words) => {
    const frame = await open(source, { badLines: { quarantine } })
    const kept = readFileSync(quarantine, 'utf8')
    expect(kept).toContain('"line":3')
    for (const some of [
      frame,
      frame.filter('a > 0'),
      frame.union(await table('a,b\n1,2\n')),
      frame.sample({ rows: 2 }),
    ]) {
      await expect(validate(some, contract, options)).rejects.toMatchObject({
        code: 'DS_OPTION',
        message: expect.stringContaining(words),
      })
    }
    expect(readFileSync(quarantine, 'utf8')).toBe(kept)
  })

  test('is known before the source is opened, where it is said', async () => {
    symlinkSync(folder, join(folder, 'link'))
    await expect(checkTargets({ failures: join(folder, 'link/broken.jsonl') }, [], [quarantine])).rejects.toMatchObject(
      {
        code: 'DS_OPTION',
      },
    )
    await checkTargets(
      { failures: join(folder, 'other.jsonl'), good: join(folder, 'good.csv') },
      [source],
      [quarantine],
    )
  })

  test('stands beside what a run writes', async () => {
    const frame = await open(source, { badLines: { quarantine } })
    const failures = join(folder, 'failures.jsonl')
    await validate(frame, contract, { failures })
    expect(readFileSync(failures, 'utf8')).toContain('"row":2')
    expect(readFileSync(quarantine, 'utf8')).toContain('"line":3')
  })
})

async function rowsOf(file = ''): Promise<number[]> {
  return (await (await open(file)).toArray()).map((row) => Number(row['a'] ?? row['row']))
}

test.each(['O\'Brien "x"', '[a]', 'line\nend', '*', 'ä ☺', '%41', '{b,c}'])(
  'a target may be called %j, and so may a source',
  async (name) => {
    const [text, objects] = ['csv', 'jsonl'].map((format) => join(folder, `${name}.${format}`)) as [string, string]
    writeFileSync(text, 'a\n1\n9\n')
    writeFileSync(objects, '{"a":1}\n{"a":9}\n')
    const into = join(folder, `to ${name}`)
    mkdirSync(into)
    const contract = z.object({ a: z.int().max(3) })
    const formats = ['csv', 'jsonl.gz', 'parquet', 'arrow', 'json', 'tsv.zst'].map((format) => [text, format] as const)
    for (const [source, format] of [...formats, [objects, 'json'], [objects, 'jsonl.gz']] as const) {
      const [failures, good, bad] = ['failures', name, `${name} bad`].map((file) => join(into, `${file}.${format}`))
      const { facts } = await validate(await open(source), contract, { failures, split: { good, bad } })
      expect([facts.failuresFile, facts.goodFile, facts.badFile]).toEqual([failures, good, bad])
      expect([await rowsOf(good), await rowsOf(bad), await rowsOf(failures)]).toEqual([[1], [9], [2]])
    }
  },
)

import { readdirSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { open } from '../../src/open.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

/** A cell, written as a careful program would. */
const cell = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', '1', '', 'xy', ' ', '5" pipe') },
  { weight: 2, arbitrary: fc.constantFrom('"q"', '"a,b"', '"l\nm"', '"d""d"', '""""', '""', '"\n\n"', '",\n"""') },
)

const numbered = (from: number, to: number): string =>
  `id,t\n${Array.from({ length: to - from }, (_, at) => `${from + at},"t\n${at}"\n`).join('')}`

const lengths = (at: number): number => (at % 7 === 0 ? 600 : 20)

const note = (at: number): string => (at % 5 === 0 ? `"${'n,\n""'.repeat(lengths(at) / 5)}"` : 'y'.repeat(lengths(at)))

describe('the same rows by bytes as by the engine', () => {
  test('of any table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 60 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.nat(50),
        async (rows, end, last, seed) => {
          const lines = rows.map((cells, at) => [at + 1, ...cells].join(',').replaceAll('\n', end))
          const content = `id,a,b,c${end}${lines.join(end)}${last ? end : ''}`
          const frame = await folder.csv(content, { engine, types: { a: 'VARCHAR', b: 'VARCHAR', c: 'VARCHAR' } })
          const size = { rows: Math.ceil(rows.length / 2), seed }
          const bytes = await frame.sample(size).toArray()
          // A filter leaves no text table, so the engine numbers the rows.
          expect(bytes).toEqual(await frame.filter('TRUE').sample(size).toArray())
        },
      ),
      { numRuns: 60 },
    )
  })

  test('of several files, any share and number', async () => {
    folder.write('many/a.csv', numbered(0, 5000))
    folder.write('many/b.csv', numbered(5000, 5001))
    folder.write('many/c.csv', numbered(5001, 40_000))
    const frame = await open(`${folder.path}/many`, { engine })
    for (const size of [
      { fraction: 0.001 },
      { fraction: 0.3 },
      { rows: 1 },
      { rows: 39_999 },
      { rows: 50_000 },
      { rows: 777, seed: 3 },
    ]) {
      const bytes = frame.sample(size)
      expect(await bytes.toArray()).toEqual(await frame.filter('TRUE').sample(size).toArray())
      expect(await bytes.manifest()).toMatchObject({ sourceRows: 40_000, rows: await bytes.count() })
    }
  })

  test('records that grow longer towards the end are found all the same', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => `${at},${'x'.repeat(at < 1500 ? 1 : 2000)}\n`).join('')
    const frame = await folder.csv(`id,t\n${rows}`, { engine })
    for (const size of [{ rows: 100 }, { rows: 2500 }, { fraction: 0.1 }]) {
      expect(await frame.sample(size).toArray()).toEqual(await frame.filter('TRUE').sample(size).toArray())
    }
  })
})

describe('blocks', () => {
  const table = `id,long,note\n${Array.from({ length: 120_000 }, (_, at) => `${at},${lengths(at) > 100},${note(at)}\n`).join('')}`

  test('each record with the same probability, whatever its length, and about the share of all', async () => {
    const frame = await folder.csv(table, { engine })
    const whole = await frame.summarize({ long: 'avg(long::INT)', id: 'avg(id)' }).toArray()
    const drawn = frame.sample({ fraction: 0.1, method: 'blocks' })
    const { rows, sourceRows, estimated, method } = await drawn.manifest()
    expect(method).toContain('approximate')
    expect(estimated).toBe(true)
    // 12 000 are expected; the number of a block's records varies by half of it.
    expect(Math.abs(rows - 12_000)).toBeLessThan(1200)
    expect(Math.abs((sourceRows as number) - 120_000)).toBeLessThan(12_000)
    const [mean] = await drawn.summarize({ long: 'avg(long::INT)', id: 'avg(id)' }).toArray()
    // Drawn by the line under a random byte, long records would be four of five instead of one of seven.
    expect(Math.abs(Number(mean?.long) - Number(whole[0]?.long))).toBeLessThan(0.02)
    expect(Math.abs(Number(mean?.id) - 59_999.5)).toBeLessThan(1500)
    const all = new Map((await frame.toArray()).map((row) => [row.id, row]))
    for (const row of await drawn.toArray()) expect(row).toEqual(all.get(row.id))
    const ids = [...(await drawn.numbers('id'))]
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  })

  test('the same seed draws the same, another seed something else, and rows are a number of them', async () => {
    const frame = await folder.csv(table, { engine })
    const draw = async (seed: number): Promise<unknown> =>
      (
        await frame
          .sample({ fraction: 0.1, method: 'blocks', seed })
          .summarize({ n: 'count(*)', s: 'sum(id)' })
          .toArray()
      )[0]
    expect(await draw(1)).toEqual(await draw(1))
    expect(await draw(1)).not.toEqual(await draw(2))
    const some = frame.sample({ rows: 12_000, method: 'blocks' })
    expect(await some.count()).toBe(12_000)
  })

  test('a small share of a large file reads little of it, however small', async () => {
    const rows = Array.from({ length: 600_000 }, (_, at) => `${at},${'z'.repeat(20)}\n`).join('')
    const frame = await folder.csv(`id,t\n${rows}`, { engine })
    for (const size of [{ rows: 100 }, { fraction: 0.0005 }]) {
      const drawn = frame.sample({ ...size, method: 'blocks' })
      const { estimated, sourceRows, method } = await drawn.manifest()
      expect([estimated, method.includes('approximate')]).toEqual([true, true])
      expect(Math.abs((sourceRows as number) - 600_000)).toBeLessThan(20_000)
      const ids = [...(await drawn.numbers('id'))]
      expect(Math.abs(ids.length - ('rows' in size ? 100 : 300))).toBeLessThan('rows' in size ? 1 : 15)
      // Evenly over the file: four blocks of its first tenth would make it a head.
      expect(Math.abs(ids.reduce((sum, id) => sum + id, 0) / ids.length - 300_000)).toBeLessThan(60_000)
    }
  })

  test('of a small file all records are looked at, and the report says so', async () => {
    const frame = await folder.csv('id,x\n1,2\n3,4\n', { engine })
    expect(await frame.sample({ rows: 1, method: 'blocks' }).manifest()).toMatchObject({
      rows: 1,
      sourceRows: 2,
      method: expect.stringContaining('simple random') as string,
    })
  })
})

describe('what gets in the way', () => {
  const table = `id,t\n${'1,xxxxxxxxxxxxxxxx\n'.repeat(600_000)}`

  test('a sample that cannot be kept for want of room or of the folder is an error, and the engine goes on', async () => {
    const path = folder.write('kept.csv', table.slice(0, 100_000))
    const homeless = { ...engine, scratch: () => Promise.resolve(`${folder.path}/missing`) }
    const frame = await open(path, { engine: homeless })
    await expect(frame.sample({ rows: 5 }).count()).rejects.toMatchObject({ code: 'DS_WRITE' })
    expect(await (await open(path, { engine })).sample({ rows: 5 }).count()).toBe(5)
  })

  test('a walk that is stopped stops, leaves no file, and can be begun again', async () => {
    const frame = await folder.csv(table, { engine })
    const sampled = frame.sample({ rows: 5 })
    const stop = new AbortController()
    const onProgress = (): void => stop.abort()
    await expect(sampled.count({ signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'DS_ABORTED' })
    const scratch = (await engine.scratch?.()) as string
    expect(readdirSync(scratch).filter((name) => name.startsWith('sample-'))).toEqual([])
    expect(await sampled.count()).toBe(5)
  })

  test('two samples at once draw the same', async () => {
    const frame = await folder.csv(table, { engine })
    const [first, second] = await Promise.all([1, 2].map(() => frame.sample({ rows: 50 }).toArray()))
    expect(first).toEqual(second)
  })
})

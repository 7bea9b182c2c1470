import { beforeAll, expect, test } from 'vitest'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Engine } from '../../src/engine.ts'
import { fromDanfo, toDanfo, type DanfoFrame } from '../../src/interop/danfo.ts'
import { open } from '../../src/open.ts'
import { newFolder, typesOf } from '../folder.ts'

newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb()
  return () => engine.close()
})

/** As much of danfojs as is used; the real one is in interop/danfo/danfo.test.ts. */
class DataFrame implements DanfoFrame {
  readonly values: unknown[][]
  readonly columns: string[]
  readonly dtypes: string[]
  constructor(values: unknown[][], { columns, dtypes }: { columns: string[]; dtypes: string[] }) {
    this.values = values
    this.columns = columns
    this.dtypes = dtypes
  }
}
const danfo = { DataFrame }

const ROWS = [
  {
    id: 1,
    zip: '007',
    score: 1.5,
    ok: true,
    day: new Date('2024-02-29'),
    at: new Date('2024-02-29T12:00:00.5Z'),
    tags: ['a', 1],
  },
  { id: 2, zip: null, score: null, ok: false, day: null, at: null, tags: null },
]

test('values and types as danfojs has them', async () => {
  const df = await toDanfo(await open(ROWS, { engine, types: { day: 'DATE' } }), danfo)
  expect(df.columns).toEqual(['day', 'id', 'zip', 'score', 'ok', 'at', 'tags'])
  expect(df.dtypes).toEqual(['string', 'int32', 'string', 'float32', 'boolean', 'string', 'string'])
  expect(df.values).toEqual([
    ['2024-02-29', 1, '007', 1.5, true, '2024-02-29T12:00:00.500Z', '["a",1]'],
    [null, 2, null, null, false, null, null],
  ])
})

test('dates stay dates where that is asked for', async () => {
  const frame = await open(ROWS, { engine, types: { day: 'DATE' } })
  const df = await toDanfo(frame.select('day', 'at'), danfo, { dates: 'date' })
  expect(df.dtypes).toEqual(['datetime', 'datetime'])
  expect(df.values[0]).toEqual([new Date('2024-02-29'), new Date('2024-02-29T12:00:00.5Z')])
})

test('long decimals are text, short ones numbers', async () => {
  const frame = (await open([{ n: 1 }], { engine })).derive({
    short: '1.25::DECIMAL(4,2)',
    long: '12345678901234567890.12::DECIMAL(38,2)',
  })
  const df = await toDanfo(frame.select('short', 'long'), danfo)
  expect([df.values, df.dtypes]).toEqual([[[1.25, '12345678901234567890.12']], ['float32', 'string']])
})

test('what danfojs has no type for is refused by column, or turned as told', async () => {
  const frame = await open([{ id: 2n ** 53n + 1n }, { id: null }, { id: 3 }], { engine })
  await expect(toDanfo(frame, danfo)).rejects.toMatchObject({ code: 'DS_VALUE_MISFIT' })
  await expect(toDanfo(frame, danfo)).rejects.toThrow("column 'id' has whole numbers beyond 2^53")
  const text = await toDanfo(frame, danfo, { bigints: 'text' })
  expect([text.values, text.dtypes]).toEqual([[['9007199254740993'], [null], ['3']], ['string']])
  const round = await toDanfo(frame, danfo, { bigints: 'round' })
  expect([round.values, round.dtypes]).toEqual([[[9_007_199_254_740_992], [null], [3]], ['int32']])
  const bytes = await open([{ b: Uint8Array.of(1) }], { engine })
  await expect(toDanfo(bytes, danfo)).rejects.toThrow("column 'b' holds bytes")
})

test('more rows than the limit are refused, as many are not', async () => {
  const frame = await open(
    Array.from({ length: 5 }, (_, n) => ({ n })),
    { engine },
  )
  await expect(toDanfo(frame, danfo, { limit: 4 })).rejects.toMatchObject({ code: 'DS_TOO_LARGE' })
  expect((await toDanfo(frame, danfo, { limit: 5 })).values).toHaveLength(5)
})

test('there and back, with types where text is not enough', async () => {
  const frame = await open(ROWS, { engine, types: { day: 'DATE', score: 'DOUBLE' } })
  const types = { day: 'DATE', at: 'TIMESTAMP', tags: 'JSON' }
  const back = await fromDanfo(await toDanfo(frame, danfo), { engine, types })
  expect(await typesOf(back)).toEqual(await typesOf(frame))
  expect(await back.toArray()).toEqual(await frame.toArray())
})

test('NaN, null and undefined are missing; columns without values have the type that danfojs says', async () => {
  const values = [
    [NaN, undefined, null, null, null],
    [1, null, null, null, null],
  ]
  const dtypes = ['float32', 'string', 'int32', 'boolean', 'float32']
  const frame = await fromDanfo({ columns: ['a', 'b', 'c', 'd', 'e'], values, dtypes }, { engine })
  expect(await typesOf(frame)).toEqual(['a DOUBLE', 'b VARCHAR', 'c BIGINT', 'd BOOLEAN', 'e DOUBLE'])
  expect(await frame.toArray()).toEqual([
    { a: null, b: null, c: null, d: null, e: null },
    { a: 1, b: null, c: null, d: null, e: null },
  ])
})

test('a type that danfojs only believes in does not stop it', async () => {
  const df = { columns: ['big'], values: [['12345678901234567890'], [1]], dtypes: ['int32'] }
  expect(await (await fromDanfo(df, { engine })).toArray()).toEqual([{ big: '12345678901234567890' }, { big: '1' }])
})

test('a series is one column, no rows have columns all the same, and the index can be kept', async () => {
  const series = { columns: ['x'], values: [1, 2], dtypes: ['int32'], index: ['a', 'b'] }
  expect(await (await fromDanfo(series, { engine })).toArray()).toEqual([{ x: 1 }, { x: 2 }])
  expect(await (await fromDanfo(series, { engine, index: 'at' })).toArray()).toEqual([
    { at: 'a', x: 1 },
    { at: 'b', x: 2 },
  ])
  const none = await fromDanfo({ columns: ['x', 'y'], values: [], dtypes: ['int32', 'string'] }, { engine })
  expect(await typesOf(none)).toEqual(['x BIGINT', 'y VARCHAR'])
  await expect(fromDanfo({ columns: ['x', 'X'], values: [] }, { engine })).rejects.toMatchObject({
    code: 'DS_COLUMN_TWICE',
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { newFolder, recording } from './folder.ts'

newFolder()
let engine: Engine
let frame: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  frame = await open(
    [
      { id: 1, origin: 'JFK', temp: 50.5 },
      { id: 2, origin: 'EWR', temp: null },
      { id: 3, origin: '7', temp: 1 },
    ],
    { engine },
  )
})
afterAll(() => engine.close())

test.each<[string, (of: Frame) => Frame, string]>([
  ['filter', (of) => of.filter('tmep > 1'), "filter: there is no column 'tmep' (did you mean 'temp'?)"],
  [
    'derive',
    (of) => of.derive({ a: '1', c: 'tmep * 2' }),
    "derive: column 'c': there is no column 'tmep' (did you mean 'temp'?)",
  ],
  ['a far name', (of) => of.derive({ c: 'nowhere' }), "derive: column 'c': there is no column 'nowhere'"],
  [
    'summarize',
    (of) => of.summarize({ n: 'count(*)', m: 'avg(tmep)' }, { by: ['origin'] }),
    "summarize: column 'm': there is no column 'tmep' (did you mean 'temp'?)",
  ],
  [
    'after other verbs',
    (of) => of.sort('id').filter('tmep > 1').limit(2).dropNulls().distinct(),
    "filter: there is no column 'tmep' (did you mean 'temp'?)",
  ],
  [
    'a name that went',
    (of) => of.rename({ temp: 'kelvin' }).filter('temp > 1').select('id'),
    "filter: there is no column 'temp'",
  ],
  [
    'the right side of a join',
    (of) => of.join(of.filter('tmep > 1'), { on: 'id' }),
    "filter: there is no column 'tmep' (did you mean 'temp'?)",
  ],
  [
    'the second of a union',
    (of) => of.union(of.derive({ temp: 'tmep' })),
    "derive: column 'temp': there is no column 'tmep' (did you mean 'temp'?)",
  ],
])('%s: an unknown column is told with verb, column and the nearest name', async (_, use, message) => {
  for (const ask of [(of: Frame) => of.toArray(), (of: Frame) => of.count(), (of: Frame) => of.schema()]) {
    await expect(ask(use(frame))).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN', message })
  }
})

test.each<[string, (of: Frame) => Frame, RegExp]>([
  ['a wrong type', (of) => of.derive({ a: 'id', b: "origin + INTERVAL '1 day'" }), /^derive: column 'b': /],
  ['a function that is not there', (of) => of.derive({ a: 'nosuch(id)' }), /^derive: column 'a': .*nosuch/],
  ['a broken expression', (of) => of.filter('id >'), /^filter: .*syntax error/],
  [
    'no aggregate',
    (of) => of.summarize({ n: 'count(*)', t: 'temp' }, { by: ['origin'] }),
    /^summarize: column 't': .*GROUP BY/,
  ],
  ['no aggregate of all rows', (of) => of.summarize({ t: 'temp' }), /^summarize: column 't': .*GROUP BY/],
  [
    'a key within an aggregate',
    (of) => of.summarize({ a: 'origin || max(id)', b: 'max(id' }, { by: ['origin'] }),
    /^summarize: column 'b': /,
  ],
  ['a value of another type', (of) => of.fillNulls({ id: 0, temp: 'none' }), /^fillNulls: column 'temp': .*none/],
  ['a type that is not there', (of) => of.cast({ id: 'NOSUCH' }), /^cast: column 'id': .*NOSUCH/],
  ['a cast that is none', (of) => of.cast({ id: 'DATE' }), /cast: column 'id'|BIGINT -> DATE/],
])('%s is told with verb and column', async (_, use, message) => {
  await expect(use(frame).toArray()).rejects.toMatchObject({
    code: 'DS_QUERY',
    message: expect.stringMatching(message) as string,
    cause: expect.anything() as unknown,
  })
})

test('a value that a cast stumbles over is told, with the number of rows', async () => {
  const wrong = frame.cast({ origin: 'BIGINT' })
  const told = {
    code: 'DS_QUERY',
    message: expect.stringMatching(
      /^cast: column 'origin' holds '(JFK|EWR)', which is no BIGINT \(2 rows\)$/,
    ) as string,
    hint: expect.stringContaining('TRY_CAST("origin" AS BIGINT)') as string,
  }
  await expect(wrong.toArray()).rejects.toMatchObject(told)
  await expect(wrong.sort('id').limit(5).toArray()).rejects.toMatchObject(told)
  await expect(wrong.column('origin')).rejects.toMatchObject(told)
})

test('nothing is looked into where the work was stopped, or nothing failed', async () => {
  const counted = recording(engine)
  const watched = (await open([{ a: 1 }], { engine: { ...engine, ...counted.engine } })).derive({ b: 'a + 1' })
  counted.queries.length = 0
  await watched.toArray()
  await expect(watched.toArray({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(counted.queries).toHaveLength(2)
})

test("an expression's own error keeps its words", async () => {
  const failing = frame.derive({ x: "CASE WHEN id = 3 THEN error('boom') ELSE 1 END" })
  await expect(failing.toArray()).rejects.toMatchObject({ code: 'DS_QUERY', message: "derive: column 'x': boom" })
})

test.each<[string, (of: Frame) => Frame, string]>([
  ['derive', (of) => of.derive({ a: '1', n: 'CAST(origin AS INTEGER)' }), "derive: column 'n': "],
  ['filter', (of) => of.filter('CAST(origin AS INTEGER) > 1'), 'filter: '],
  ['summarize', (of) => of.summarize({ n: 'sum(CAST(origin AS INTEGER))' }, { by: ['id'] }), "summarize: column 'n': "],
  [
    'the first of several',
    (of) => of.derive({ n: 'CAST(origin AS INTEGER)' }).filter('n > 1').derive({ m: 'n * 2' }),
    "derive: column 'n': ",
  ],
])('%s: a value that an expression fails for is told with verb and column', async (_, use, place) => {
  await expect(use(frame).toArray()).rejects.toMatchObject({
    code: 'DS_QUERY',
    message: expect.stringMatching(new RegExp(`^${place}.*(JFK|EWR)`)) as string,
  })
})

import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import type { JoinKind } from '../../src/verbs/join.ts'
import { newFolder, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const rows = (given: readonly Row[], types?: Record<string, string>): Promise<Frame> => open(given, { engine, types })

interface Item {
  readonly k: number | null
  readonly t: string | null
  readonly n: number
}

/** What a join gives, by looking at every pair. */
function joined(left: readonly Item[], right: readonly Item[], how: JoinKind): Row[] {
  const partners = (a: Item, others: readonly Item[]): Item[] =>
    others.filter((b) => a.k !== null && a.k === b.k && a.t !== null && a.t === b.t)
  if (how === 'semi') return left.filter((a) => partners(a, right).length > 0).map((row) => ({ ...row }))
  if (how === 'anti') return left.filter((a) => partners(a, right).length === 0).map((row) => ({ ...row }))
  const both = left.flatMap((a) => {
    const found = partners(a, right)
    if (found.length > 0) return found.map((b): Row => ({ ...a, n_right: b.n }))
    return how === 'left' || how === 'full' ? [{ ...a, n_right: null }] : []
  })
  if (how !== 'right' && how !== 'full') return both
  const alone = right.filter((b) => partners(b, left).length === 0)
  return [...both, ...alone.map(({ k, t, n }) => ({ k, t, n: null, n_right: n }))]
}

test('laws: every kind of join gives what looking at every pair gives, in that order', async () => {
  const item = fc.record<Item>({
    k: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 }),
    t: fc.option(fc.constantFrom('a', 'b'), { freq: 5 }),
    n: fc.integer(),
  })
  const types = { k: 'BIGINT', t: 'VARCHAR', n: 'BIGINT' }
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 12 }), fc.array(item, { maxLength: 12 }), async (a, b) => {
      const [left, right] = [await rows(a, types), await rows(b, types)]
      for (const how of ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const) {
        const made = left.join(right, { on: ['k', 't'], how })
        expect([how, await made.toArray()]).toEqual([how, joined(a, b, how)])
        expect(made.columns).toEqual(how === 'semi' || how === 'anti' ? ['k', 't', 'n'] : ['k', 't', 'n', 'n_right'])
      }
    }),
    { numRuns: 12 },
  )
})

test('rows keep the order of the left side, and of the right within it, with many rows and two threads', async () => {
  const base = await rows([{ x: 1 }])
  const many = base.derive({ n: 'unnest(range(100000))' }).select('n')
  const left = many.derive({ key: 'n * 7919 % 5003' })
  const right = many.limit(5000).derive({ key: 'n % 2500', m: 'n' }).select('key', 'm')
  const made = await left.join(right, { on: 'key', how: 'left' }).toArray()
  const expected = Array.from({ length: 100_000 }, (_, n) => {
    const key = (n * 7919) % 5003
    return key < 2500 ? [`${n} ${key}`, `${n} ${key + 2500}`] : [`${n} null`]
  }).flat()
  expect(made.map(({ n, m }) => `${String(n)} ${String(m)}`)).toEqual(expected)
})

test('keys of other names come once, under the left name; other columns keep apart by a suffix', async () => {
  const flights = await rows([{ id: 1, origin: 'JFK', name: 'x' }])
  const airports = await rows([{ faa: 'JFK', name: 'Kennedy', Id: 7 }])
  const made = flights.join(airports, { on: { ORIGIN: 'faa' } })
  expect(await made.toArray()).toEqual([{ id: 1, origin: 'JFK', name: 'x', name_right: 'Kennedy', Id_right: 7 }])
  expect(flights.join(airports, { on: { origin: 'faa' }, suffix: '2' }).columns).toContain('name2')
  expect(() => flights.join(airports, { on: { origin: 'faa' }, suffix: '' })).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_TWICE', message: "join: there would be two columns 'name'" }),
  )
  const twice = flights.join(airports, { on: { origin: 'faa' } }).rename({ Id_right: 'x' })
  expect(twice.join(airports, { on: { origin: 'faa' }, suffix: '_b' }).columns).toEqual([
    'id',
    'origin',
    'name',
    'name_right',
    'x',
    'name_b',
    'Id_b',
  ])
})

test('a key keeps its type, unless rows come from the right alone', async () => {
  const small = (await rows([{ k: 1 }])).cast({ k: 'INTEGER' })
  const wide = (await rows([{ k: 1.5 }, { k: 1 }])).derive({ v: "'x'" })
  expect(await typesOf(small.join(wide, { on: 'k' }))).toEqual(['k INTEGER', 'v VARCHAR'])
  expect(await typesOf(small.join(wide, { on: 'k', how: 'full' }))).toEqual(['k DOUBLE', 'v VARCHAR'])
  expect(await small.join(wide, { on: 'k', how: 'full' }).toArray()).toEqual([
    { k: 1, v: 'x' },
    { k: 1.5, v: 'x' },
  ])
})

test.each<[string, string, string]>([
  ['BIGINT', 'VARCHAR', "join: 'k' is BIGINT here, 'key' is VARCHAR in the other frame"],
  ['DATE', 'VARCHAR', "join: 'k' is DATE here, 'key' is VARCHAR in the other frame"],
  ['DATE', 'BIGINT', "join: 'k' is DATE here, 'key' is BIGINT in the other frame"],
  ['BOOLEAN', 'BIGINT', "join: 'k' is BOOLEAN here, 'key' is BIGINT in the other frame"],
])('a key of type %s and one of type %s do not go together', async (one, other, message) => {
  const [left, right] = [await rows([], { k: one }), await rows([], { key: other })]
  await expect(left.join(right, { on: { k: 'key' } }).toArray()).rejects.toMatchObject({
    code: 'DS_TYPES_APART',
    message,
    hint: `Cast one of them first: other.cast({ "key": '${one}' }).`,
  })
  await expect(left.join(right, { on: { k: 'key' } }).schema()).rejects.toMatchObject({ code: 'DS_TYPES_APART' })
})

test.each([
  ['DATE', 'TIMESTAMP'],
  ['DECIMAL(9, 2)', 'BIGINT'],
  ['DOUBLE', 'INTEGER'],
  ["ENUM('a')", 'VARCHAR'],
])('a key of type %s and one of type %s do', async (one, other) => {
  const [left, right] = [await rows([], { k: one }), await rows([], { k: other })]
  expect(await left.join(right, { on: 'k' }).count()).toBe(0)
})

test('what cannot be joined is said before anything runs', async () => {
  const [left, right] = [await rows([{ key: 1 }]), await rows([{ other: 1 }])]
  expect(() => left.join(right, { on: 'kye' })).toThrow(
    expect.objectContaining({
      code: 'DS_COLUMN_UNKNOWN',
      message: "join: there is no column 'kye' (did you mean 'key'?)",
    }),
  )
  expect(() => left.join(right, { on: { key: 'othre' } })).toThrow(
    expect.objectContaining({ message: "join (right side): there is no column 'othre' (did you mean 'other'?)" }),
  )
  expect(() => left.join(right, { on: [] })).toThrow(expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }))
  expect(() => left.join(left, { on: ['key', 'KEY'] })).toThrow(expect.objectContaining({ code: 'DS_COLUMN_TWICE' }))
  expect(() => left.join(right, { on: { key: 'other' }, how: 'outer' as 'full' })).toThrow(
    expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED', message: "join: 'outer' is no kind of join" }),
  )
  const elsewhere = await open([{ key: 1 }])
  expect(() => left.join(elsewhere, { on: 'key' })).toThrow(expect.objectContaining({ code: 'DS_FRAMES_APART' }))
})

test('a frame joins itself, and a join tells the files of both sides', async () => {
  const tree = await folder.csv('id,parent\n1,\n2,1\n3,2\n', { engine })
  const made = tree.join(tree, { on: { parent: 'id' }, how: 'left', suffix: '_of_parent' })
  expect(made.columns).toEqual(['id', 'parent', 'parent_of_parent'])
  expect((await made.toArray()).map(({ parent_of_parent }) => parent_of_parent)).toEqual([null, null, 1])
  const other = await folder.csv('id\n1\n', { engine })
  expect(tree.join(other, { on: 'id' }).files).toEqual([...tree.files, ...other.files])
  expect(made.text).toBeUndefined()
})

test('a join that does not say its columns says so', async () => {
  const one = await rows([{ id: 1 }])
  expect(() => one.join(one, undefined as never)).toThrow('join: which columns must be equal is not said')
})

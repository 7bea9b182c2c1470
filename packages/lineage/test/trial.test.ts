import { expect, test } from 'vitest'
import { columnsByTrial, type Transformation, type TriedColumns } from '../src/trial.ts'

const dataset = { namespace: 'test', name: 'orders' }

const rows = Array.from({ length: 20 }, (_, at) => ({
  id: at,
  amount: (at * 37) % 50,
  qty: at % 4,
  status: ['open', 'paid', 'sent'][at % 3],
  note: `n${at % 5}`,
}))

type Order = (typeof rows)[number]

const tried = (transform: (given: readonly Order[]) => ReturnType<Transformation>): Promise<TriedColumns> =>
  columnsByTrial(rows, transform as unknown as Transformation, { dataset })

const fieldsOf = ({ lineage }: TriedColumns): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(lineage?.fields ?? {}).map(([name, fields]) => [name, fields.map(({ field }) => field)]),
  )

const rowsOf = ({ lineage }: TriedColumns): string[] => (lineage?.dataset ?? []).map(({ field }) => field)

test('columns of an opaque function are found, and those that come through as they are', async () => {
  const found = await tried((given) =>
    given.map(({ id, amount, qty, status }) => ({ id, total: amount * qty, label: qty > 1 ? status : 'few', one: 1 })),
  )
  expect(fieldsOf(found)).toEqual({ id: ['id'], total: ['amount', 'qty'], label: ['qty', 'status'], one: [] })
  expect(rowsOf(found)).toEqual([])
  expect(found.lineage?.fields['id']).toEqual([
    { ...dataset, field: 'id', transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }] },
  ])
  expect(found.lineage?.fields['total']?.[0]).toEqual({ ...dataset, field: 'amount' })
  expect(found.warnings).toMatchObject([{ severity: 'info', code: 'lineage.columns_tried' }])
  expect(found.tried).toContainEqual({ from: 'id', to: 'id', confidence: 1, tries: 10 })
  for (const { confidence } of found.tried) expect(confidence).toBeGreaterThan(0)
})

test('what decides about rows and their order is told as such', async () => {
  const filtered = await tried((given) => given.filter(({ amount }) => amount > 25).map(({ id }) => ({ id })))
  expect(fieldsOf(filtered)).toEqual({ id: ['id'] })
  expect(rowsOf(filtered)).toEqual(['amount'])
  expect(filtered.lineage?.dataset).toEqual([{ ...dataset, field: 'amount', transformations: [{ type: 'INDIRECT' }] }])
  const sorted = await tried((given) => given.toSorted((a, b) => a.amount - b.amount).map(({ id }) => ({ id })))
  expect([fieldsOf(sorted), rowsOf(sorted)]).toEqual([{ id: ['id'] }, ['amount']])
})

test('an aggregate depends on its groups', async () => {
  const found = await tried((given) => {
    const sums = new Map<string, number>()
    for (const { status = '', qty } of given) sums.set(status, (sums.get(status) ?? 0) + qty)
    return [...sums].map(([status, sum]) => ({ status, sum })).toSorted((a, b) => (a.status < b.status ? -1 : 1))
  })
  expect(new Set([...(fieldsOf(found)['sum'] ?? []), ...rowsOf(found)])).toEqual(new Set(['qty', 'status']))
})

test('what differs each time, or has no rows, is not told', async () => {
  let count = 0
  const counting = await tried((given) => given.map(({ id }) => ({ id: id + count++ })))
  expect(counting.lineage).toBeUndefined()
  expect(counting.warnings[0]?.message).toContain('other rows each time')
  const empty = await columnsByTrial([], () => [], { dataset })
  expect(empty.lineage).toBeUndefined()
})

test('tries that the function does not survive tell nothing', async () => {
  const found = await tried((given) =>
    given.map(({ status, note }) => {
      if (status === null) throw new Error('no status')
      return { up: String(status).toUpperCase(), note }
    }),
  )
  expect(fieldsOf(found)).toEqual({ up: ['status'], note: ['note'] })
  expect(found.tried.find(({ from }) => from === 'status')?.tries).toBeLessThan(10)
})

const joinNotes: Transformation = (given) => given.map(({ qty, note }) => ({ both: `${String(qty)}${String(note)}` }))

test('the same seed gives the same answer, an aborted signal none', async () => {
  const options = { dataset, seed: 7 }
  expect(await columnsByTrial(rows, joinNotes, options)).toEqual(await columnsByTrial(rows, joinNotes, options))
  await expect(columnsByTrial(rows, joinNotes, { ...options, signal: AbortSignal.abort() })).rejects.toThrow(
    /stopped|abort/i,
  )
})

import { expect, test } from 'vitest'
import { drift } from '../../src/drift.ts'
import { mixChanged } from '../../src/drift/segment-findings.ts'
import { frameOf, normal } from './frames.ts'

const next = normal(5)

/** Rows of three airports; `temp` is moved at each by so much, `humid` nowhere. */
function columns(shares: readonly [number, number, number], moved: readonly [number, number, number]): object {
  const names = ['EWR', 'JFK', "LGA's"]
  const origin = shares.flatMap((n, at) => Array.from({ length: n }, () => names[at]))
  return {
    origin,
    temp: origin.map((name) => next() + (moved[names.indexOf(name as string)] as number)),
    humid: origin.map(() => next()),
  }
}

test('a column that drifted at one place is told to have drifted there', async () => {
  const before = await frameOf(columns([400, 400, 400], [0, 0, 0]) as Record<string, unknown[]>)
  const after = await frameOf(columns([300, 300, 300], [0, 2, 0]) as Record<string, unknown[]>)
  const { facts, findings } = await drift(before, after, { by: 'Origin', columns: ['temp', 'humid'] })
  expect(facts.driftedColumns).toEqual(['temp'])
  expect(facts.segments?.by).toBe('origin')
  const drifted = facts.segments?.segments.map(({ segment, columns: [temp] }) => [segment, temp?.drifted])
  expect(new Map(drifted as [string, boolean][])).toEqual(
    new Map([
      ['EWR', false],
      ['JFK', true],
      ["LGA's", false],
    ]),
  )
  const jfk = facts.segments?.segments.find(({ segment }) => segment === 'JFK')
  expect(jfk).toMatchObject({ referenceRows: 400, currentRows: 300, columns: [{ column: 'temp', detector: 'ks' }] })
  expect(jfk?.columns[0]?.adjustedPValue).toBeGreaterThanOrEqual(jfk?.columns[0]?.pValue as number)
  const told = findings.find(({ code }) => code === 'drift.segment')
  expect(told).toMatchObject({ severity: 'info', column: 'temp' })
  expect(told?.message).toMatch(
    /^temp drifted in 1 of 3 values of origin: JFK \(0\.\d+\); elsewhere the effect is 0\.\d+ at most$/,
  )
})

test('where only the shares of the segments changed, that is told', async () => {
  const before = await frameOf(columns([500, 500, 10], [0, 4, 0]) as Record<string, unknown[]>)
  const after = await frameOf(columns([900, 100, 10], [0, 4, 0]) as Record<string, unknown[]>)
  const { facts, findings } = await drift(before, after, { by: 'origin', columns: ['temp'] })
  expect(facts.driftedColumns).toEqual(['temp'])
  const told = findings.find(({ code }) => code === 'drift.segment')
  expect(told?.message).toBe('temp drifted in no value of origin by itself, and EWR went from 50 % to 89 % of the rows')
})

test('where segments are as large as they were, none is named', () => {
  const segments = ['a', 'b'].map((segment) => ({ segment, referenceRows: 300, currentRows: 303, columns: [] }))
  expect(mixChanged({ by: 'origin', segments }, 'temp').message).toBe(
    'temp drifted in no value of origin by itself: with the rows of one value alone, chance is not ruled out',
  )
})

test('nothing drifted, nothing is looked into; a column that is not there is an error', async () => {
  const before = await frameOf(columns([300, 300, 300], [0, 0, 0]) as Record<string, unknown[]>)
  const { facts, findings } = await drift(before, before, { by: 'origin' })
  expect(facts.segments?.segments.map((one) => one.columns)).toEqual([[], [], []])
  expect(findings.filter(({ code }) => code === 'drift.segment')).toEqual([])
  await expect(drift(before, before, { by: 'origni' })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
})

test('a segment that one side lacks has no verdict', async () => {
  const before = await frameOf(columns([300, 300, 0], [0, 0, 0]) as Record<string, unknown[]>)
  const after = await frameOf(columns([300, 300, 300], [1, 1, 0]) as Record<string, unknown[]>)
  const { facts } = await drift(before, after, { by: 'origin', columns: ['temp'] })
  const laguardia = facts.segments?.segments.find(({ segment }) => segment === "LGA's")
  expect(laguardia).toEqual({ segment: "LGA's", referenceRows: 0, currentRows: 300, columns: [] })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { open } from '../../src/open.ts'
import type { CsvOptions } from '../../src/source.ts'
import type { AscendingRun, ByteAutomaton, CellForm } from '../../src/text/cell-form.ts'
import type { FormsSeen } from '../../src/text/form-walk.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

let files = 0
function file(text: string, ending = 'csv'): string {
  return folder.write(`${++files}.${ending}`, text)
}

type Told = readonly [row: number, column: number, text: string]

interface Looked {
  readonly told: Told[]
  readonly seen: FormsSeen
  readonly records: [number, readonly string[]][]
  /** Those of the only column of whole numbers. */
  readonly runs: AscendingRun[]
  readonly plain: boolean
}

async function looked(path: string, forms: readonly CellForm[], options: CsvOptions = {}): Promise<Looked | undefined> {
  const frame = await open(path, { engine, ...options })
  await frame.ready()
  const { text } = frame
  if (!text || !(await text.isRegular({}))) return undefined
  const told: Told[] = []
  const records: [number, readonly string[]][] = []
  const runs: AscendingRun[] = []
  let plain = true
  const seen = await text.walk(
    {
      forms,
      some: 1000,
      visit: async (cells) => {
        plain &&= cells.plainLines
        for (let at = 0; at < cells.length; at++) told.push([cells.row(at), cells.column(at), cells.text(at)])
        await Promise.resolve()
      },
      visitRecord: (row, cells) => records.push([row, cells]),
      // Of other forms none are told.
      keyed: [...forms.keys()],
      visitRun: (_column, run) => runs.push(run) > 0,
    },
    {},
  )
  return { told, seen, records, runs, plain }
}

/** Accepts `ab` and `b`. */
const AB: ByteAutomaton = {
  classes: new Uint8Array(256).with(0x61, 1).with(0x62, 2),
  width: 3,
  // Dead, start, after a, accepting.
  next: Uint16Array.from([0, 0, 0, 0, 2, 3, 0, 0, 3, 0, 0, 0]),
  start: 1,
  accepting: 3,
}

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'b',
    'ab',
    'abb',
    '"',
    'a"b',
    'a,b',
    'x\ny',
    'é',
    '2024-02-29',
    '2024-02-30',
    ' 1',
    '-',
    '.',
  ),
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.double({ min: -20, max: 20, noNaN: true }).map(String),
  fc.constantFrom(
    '5.',
    '.5',
    '-.5',
    '007',
    '-0',
    '1e3',
    '3.0',
    '123456789012345678',
    '1234567890123456789',
    '1.234567890123456',
  ),
)

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const written = (text: string, always: boolean): string =>
  always || /[",\r\n]|^ | $/.test(text) ? (text === '' ? '' : quoted(text)) : text

function fits(text: string, form: CellForm): boolean {
  // As it is written: a quote is doubled.
  if (Buffer.byteLength(text.replaceAll('"', '""')) > (form.longest ?? Number.POSITIVE_INFINITY)) return false
  if (form.type === 'anything' || form.type === 'unseen') return true
  if (form.type === 'automaton') return text === 'ab' || text === 'b'
  if (form.type === 'kind') return text === '2024-02-29'
  const [, digits = ''] = /^-?([0-9.]+)$/.exec(text) ?? []
  const isNumber = /^-?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text) && digits.length <= (digits.includes('.') ? 16 : 18)
  const value = Number(text)
  return isNumber && value >= form.min && value <= form.max && (!form.integer || Number.isInteger(value))
}

const FORMS: readonly CellForm[] = [
  { type: 'automaton', automaton: AB },
  { type: 'number', integer: false, min: -7.25, max: 12, tellsEmpty: true },
  { type: 'number', integer: true, min: -1e18, max: 1e18 },
  { type: 'kind', kind: 'DATE', tellsEmpty: true },
  { type: 'anything', longest: 3 },
]

/** What ascends from row to row by the same, of the cells of a column of whole numbers. */
function runsOf(cells: readonly string[]): AscendingRun[] {
  const runs: AscendingRun[] = []
  for (const [at, text] of cells.entries()) {
    if (text === '' || !fits(text, FORMS[2] as CellForm)) continue
    const value = Number(text) + 0
    const run = runs.at(-1)
    const step = run && value - run.last
    const isNext = run && step !== undefined && step > 0 && run.row + run.rows === at + 1
    if (isNext && (run.rows === 1 || run.last - run.first === step * (run.rows - 1))) {
      runs[runs.length - 1] = { ...run, last: value, rows: run.rows + 1 }
    } else runs.push({ first: value, last: value, row: at + 1, rows: 1 })
  }
  return runs
}

test('cells are told that have not their form, with their rows, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      async (rows, always, end) => {
        const some = rows.filter((row) => row.some((text) => text !== ''))
        const lines = ['v,w,x,y,z', ...some.map((row) => row.map((text) => written(text, always)).join(',')), '']
        const result = await looked(file(lines.join(end)), FORMS)
        if (!result) return
        const expected = some.flatMap((row, at) =>
          row.flatMap((text, column): Told[] => {
            const form = FORMS[column] as CellForm
            const right = text === '' ? !form.tellsEmpty : fits(text, form)
            return right ? [] : [[at + 1, column, text]]
          }),
        )
        expect(result.told).toEqual(expected)
        expect(result.seen.rows).toBe(some.length)
        expect(result.seen.empties).toEqual(
          FORMS.map((form, column) => (form.tellsEmpty ? 0 : some.filter((row) => row[column] === '').length)),
        )
        const whole = some.map((row) => row[2] ?? '').filter((text) => text !== '' && fits(text, FORMS[2] as CellForm))
        const values = whole.map((text) => Number(text) + 0).toSorted((a, b) => a - b)
        const span = result.seen.spans[2]
        expect(span && [Number(span.least), Number(span.most)]).toEqual(
          values.length === 0 ? undefined : [values[0], values.at(-1)],
        )
        const inOrder = whole.map((text) => Number(text) + 0)
        const rises = inOrder.every((value, at) => at === 0 || value > (inOrder[at - 1] as number))
        expect(span?.ascending).toBe(span && rises)
        expect(result.runs).toEqual(runsOf(some.map((row) => row[2] ?? '')))
        expect(result.records).toEqual(some.map((row, at) => [at + 1, row]))
      },
    ),
    { seed: 20_261_123, numRuns: 150 },
  )
})

const part = (from: number, rows: number): string =>
  [
    'a,b,c,d',
    ...Array.from({ length: rows }, (_, at) => `${from + at},${(from + at) % 70_000 === 0 ? 'wrong' : 'ab'},,x`),
    '',
  ].join('\n')

test('rows go on over several files, and over what is read at once', async () => {
  file(part(1, 200_000), 'part.csv')
  const two = file(part(200_001, 300_000), 'part.csv')
  const result = await looked(join(folder.path, '*.part.csv'), [
    { type: 'number', integer: true, min: 0, max: 1e9 },
    FORMS[0] as CellForm,
    { type: 'anything' },
    { type: 'automaton', automaton: AB },
  ])
  expect(two).toContain('.part.csv')
  // Records that are read in two parts are told once.
  const always = result?.told.filter(([, column]) => column === 3) ?? []
  expect(always.length).toBe(500_000)
  expect(always.every(([row], at) => row === at + 1)).toBe(true)
  expect(result?.told.filter(([, column]) => column !== 3)).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((at) => [at * 70_000, 1, 'wrong']),
  )
  expect(result?.seen).toMatchObject({
    rows: 500_000,
    empties: [0, 0, 500_000, 0],
    spans: [{ least: 1n, most: 500_000n, ascending: true }, undefined, undefined, undefined],
  })
  expect(result?.runs).toEqual([
    { first: 1, last: 200_000, row: 1, rows: 200_000 },
    { first: 200_001, last: 500_000, row: 200_001, rows: 300_000 },
  ])
  const records = result?.records ?? []
  // About 1000 are asked for, by the bytes that the first have.
  expect(records.length).toBeGreaterThan(500)
  expect(records.length).toBeLessThan(4000)
  expect(records.every(([row, [id]]) => String(row) === id)).toBe(true)
})

test('where lines are not records, that is told', async () => {
  expect((await looked(file('a,b\n1,ab\n2,x\n'), [FORMS[4], FORMS[0]] as CellForm[]))?.plain).toBe(true)
  expect((await looked(file('a,b\n1,ab\n\n2,x\n'), [FORMS[4], FORMS[0]] as CellForm[]))?.plain).toBe(false)
  expect((await looked(file('a,b\n1,"a\nb"\n2,x\n'), [FORMS[4], FORMS[0]] as CellForm[]))?.plain).toBe(false)
})

test.each([
  ['one column', 'a\n1\n', 'csv', {}],
  ['a comment', 'a,b\n#x\n1,2\n', 'csv', { comment: '#' }],
  ['another escape', 'a,b\n1,"x\\"y"\n', 'csv', { escape: '\\' }],
  ['spaces before a quote', 'a,b\n1, "x,y"\n', 'csv', { types: { b: 'VARCHAR' } }],
  ['an empty cell that is a value', 'a,b\n1,\n', 'csv', { nulls: ['NA'] }],
] as const)('bytes do not tell the cells: %s', async (_, text, ending, options) => {
  const frame = await open(file(text, ending), { engine, ...options }).catch(() => undefined)
  expect((await frame?.text?.isRegular({})) ?? false).toBe(false)
})

test('a file that changes meanwhile is an error', async () => {
  const path = file('a,b\n1,2\n')
  const frame = await open(path, { engine })
  expect(await frame.text?.isRegular({})).toBe(true)
  writeFileSync(path, 'a,b\n1,2\n3,"4\n')
  const look = {
    forms: [FORMS[4], FORMS[4]] as CellForm[],
    some: 0,
    visit: () => undefined,
    visitRecord: () => undefined,
  }
  await expect(frame.text?.walk(look, {})).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    message: `${path} has changed while it was read`,
  })
})

test('an empty cell in quotes is told, but for cells that nobody looks at', async () => {
  const path = file('a,b,c\n"",1,""\n,,\n')
  const result = await looked(path, [FORMS[4], FORMS[1], { type: 'unseen' }] as CellForm[])
  expect(result?.told).toEqual([
    [1, 0, ''],
    [2, 1, ''],
  ])
  expect(result?.seen.empties.slice(0, 2)).toEqual([1, 0])
})

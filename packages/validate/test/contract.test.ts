import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open, raw, sql, type CheckResult, type Report } from '@dayshift/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import {
  column,
  compareContracts,
  defineContract,
  explainPlan,
  planChecks,
  validate,
  type ContractDefinition,
  type Partition,
} from '../src/index.ts'
import { newFolder } from './folder.ts'

const { folder, table } = newFolder()

function checkOf(report: Report<'validate'>, id: string): CheckResult {
  const found = report.facts.checks.find((check) => check.id === id)
  expect(report.facts.checks.map((check) => check.id)).toContain(id)
  return found as CheckResult
}

const ORDERS =
  'id,customer,price,quantity,amount,status\n' +
  '1,a,2.5,2,5,paid\n2,b,1,3,3,open\n3,a,2,2,5,paid\n3,c,1,1,,paid\n5,,4,1,4,open\n'

describe('what a contract says', () => {
  test('its columns are a Zod object, whose type is that of a row', () => {
    const contract = defineContract({
      columns: { id: column(z.int(), { primaryKey: true }), note: z.string().nullable() },
    })
    expectTypeOf<z.infer<typeof contract.columns>>().toEqualTypeOf<{ id: number; note: string | null }>()
    expect(contract.check({ id: 1, note: null }).success).toBe(true)
    expect(contract.check({ id: 1.5, note: null }).success).toBe(false)
    expect(contract.unique).toEqual([{ columns: ['id'] }])
  })

  test.each<[string, ContractDefinition, string]>([
    ['bounds apart', { columns: { a: z.number().min(5).max(3) } }, 'a: no value is >= 5 and <= 3'],
    ['an open bound', { columns: { a: z.number().gt(3).max(3) } }, 'a: no value is > 3 and <= 3'],
    ['lengths apart', { columns: { a: z.string().min(4).length(3) } }, 'a: no value is length >= 4 and length = 3'],
    ['within wrappers', { columns: { a: z.int().min(5).max(3).nullable().optional() } }, 'a: no value is'],
    [
      'dates apart',
      { columns: { a: z.date().min(new Date('2024-01-02')).max(new Date('2024-01-01')) } },
      'a: no value is >= 2024-01-02',
    ],
    ['an empty enum', { columns: { a: z.enum([]) } }, 'a: it lists no values'],
    [
      'a key that may be missing',
      { columns: { a: column(z.int().optional(), { primaryKey: true }) } },
      'never missing',
    ],
    [
      'a tolerance that is none',
      { columns: { a: column(z.int(), { mostly: 99 }) } },
      'mostly 99 is not between 0 and 1',
    ],
    ['an unknown column', { columns: { amount: z.int() }, unique: [['amuont']] }, "did you mean 'amount'?"],
    ['no bound', { columns: { a: z.int() }, checks: [{ column: 'a', measure: 'mean' }] }, 'give min, max or both'],
    [
      'no quantile',
      { columns: { a: z.int() }, checks: [{ column: 'a', measure: { quantile: 95 }, max: 1 }] },
      'quantile 95',
    ],
    ['rows apart', { columns: { a: z.int() }, rows: { min: 5, max: 2 } }, 'rows: min 5 is above max 2'],
    [
      'two questions',
      { columns: { a: z.int() }, checks: [{ column: 'a', contains: [1], equals: [1] }] },
      'give one of',
    ],
  ])('what cannot be is told at once: %s', (_, definition, words) => {
    expect(() => defineContract(definition)).toThrow(words)
    expect(() => defineContract(definition)).toThrow(expect.objectContaining({ code: 'DS_CONTRACT_INVALID' }))
  })

  test('all that cannot be is told together', () => {
    expect(() =>
      defineContract({ columns: { a: z.int().min(2).max(1), b: z.enum([]) }, rows: { min: 2, max: 1 } }),
    ).toThrow(/a: no value.*b: it lists.*rows: min/)
  })

  test.each<[string, () => unknown]>([
    ['in brackets', () => defineContract({ columns: { ['__proto__']: z.int(), a: z.int() } })],
    ['with options', () => defineContract({ columns: { ['__proto__']: column(z.int(), { pii: true }) } })],
    ['as what is inherited', () => defineContract({ columns: { __proto__: z.int(), a: z.int() } as never })],
    ['in an object of Zod', () => defineContract(z.object({ ['__proto__']: z.int() }))],
  ])('a column that Zod does not look at is refused, %s', (_, define) => {
    // Zod itself lets everything pass there.
    expect(z.object({ ['__proto__']: z.int() }).safeParse(JSON.parse('{ "__proto__": "x" }')).success).toBe(true)
    expect(define).toThrow("columns: Zod does not look at '__proto__'")
  })

  test('so is one that a pattern means', async () => {
    const contract = defineContract({ columns: { a: z.int() }, patterns: [{ name: /^_/, column: z.int() }] })
    await expect(validate(await table('a,__proto__\n1,x\n'), contract)).rejects.toMatchObject({
      code: 'DS_CONTRACT_INVALID',
      message: expect.stringContaining('/^_/: Zod does not look at'),
    })
  })

  test('a column of that name in the data is another one', async () => {
    const frame = await table('a,__proto__\n1,x\n')
    expect((await validate(frame, z.object({ a: z.int() }))).status).toBe('pass')
    const strict = await validate(frame, z.strictObject({ a: z.int() }))
    expect(strict.findings.map(({ code, column: name }) => [code, name])).toEqual([
      ['validate.no_extra_column', '__proto__'],
    ])
    const others = await validate(frame, z.object({ a: z.int() }).catchall(z.int()))
    expect(checkOf(others, '__proto__: type').failed).toBe(1)
  })

  test.each([[{ columns: {} }], [{ columns: { a: 5 } }], [{ columns: 'a' }]])('%j is no contract', (definition) => {
    expect(() => defineContract(definition as never)).toThrow(expect.objectContaining({ code: 'DS_CONTRACT_INVALID' }))
  })
})

describe('keys', () => {
  test('a primary key: all rows of a value that stands twice fail, with their lines', async () => {
    const contract = defineContract({ columns: { id: column(z.int(), { primaryKey: true }) } })
    const report = await validate(await table(ORDERS), contract)
    expect(checkOf(report, 'id: unique')).toMatchObject({
      column: 'id',
      evaluated: 5,
      failed: 2,
      passed: false,
      examples: [
        { row: 3, line: 4, value: 3 },
        { row: 4, line: 5, value: 3 },
      ],
    })
    expect(report).toMatchObject({ status: 'fail', facts: { failedRows: 2 } })
  })

  test('missing values are no duplicates', async () => {
    const contract = defineContract({ columns: { customer: column(z.string().nullable(), { unique: true }) } })
    const report = await validate(await table(`${ORDERS}6,,1,1,1,open\n`), contract)
    expect(checkOf(report, 'customer: unique')).toMatchObject({ evaluated: 6, failed: 2, nulls: 2 })
  })

  test('columns together', async () => {
    const contract = defineContract({
      columns: { customer: z.string().nullable(), status: z.string(), id: z.int() },
      unique: [['customer', 'status'], { columns: ['id', 'customer'], severity: 'warn' }],
    })
    const report = await validate(await table(ORDERS), contract)
    expect(checkOf(report, 'customer + status: unique')).toMatchObject({
      failed: 2,
      nulls: 1,
      examples: [{ row: 1, value: 'a, paid' }, { row: 3 }],
    })
    expect(checkOf(report, 'id + customer: unique')).toMatchObject({ failed: 0, passed: true, severity: 'warn' })
  })

  test.each<[string, z.ZodType, string[], number]>([
    ['numbers are the same however they are written', z.number(), ['1', '1.0', '1e0', '2', 'x'], 3],
    ['texts are not', z.string(), ['1', '1.0', '01', '2', 'x'], 0],
    ['big integers', z.bigint(), ['9007199254740993', '9007199254740992', 'x', '+1', '1'], 2],
    ['whole numbers that JavaScript cannot tell apart', z.number(), ['9007199254740993', '9007199254740992', 'x'], 2],
    ['times', z.date(), ['2024-01-01T00:00:00Z', '2024-01-01 00:00:00', '2024-01-01T01:00:00+01:00', 'x'], 3],
  ])('%s', async (_, schema, cells, failed) => {
    const contract = defineContract({ columns: { v: column(schema, { unique: true }) } })
    const frame = await table(`n,v\n${cells.map((cell, at) => `${at},${cell}\n`).join('')}`)
    expect(checkOf(await validate(frame, contract), 'v: unique').failed).toBe(failed)
  })
})

function customerIn(path: string, on: string): ReturnType<typeof defineContract> {
  return defineContract({ columns: { customer: z.any() }, references: [{ columns: ['customer'], to: path, on: [on] }] })
}

describe('references', () => {
  const customers = 'id,name\na,Ann\nb,Ben\nd,Dan\n'

  test('rows whose value is not there in the other source fail; missing ones do not', async () => {
    const other = await table(customers)
    const contract = defineContract({
      columns: { customer: z.string().nullable() },
      references: [{ columns: ['customer'], to: other.files[0] as string, on: ['id'] }],
    })
    const report = await validate(await table(ORDERS), contract)
    expect(report.facts.checks.at(-1)).toMatchObject({
      column: 'customer',
      evaluated: 5,
      failed: 1,
      nulls: 1,
      passed: false,
      examples: [{ row: 4, line: 5, value: 'c', message: 'there is no such row' }],
    })
  })

  test('the other way: each row there is referred to', async () => {
    const contract = defineContract({
      columns: { customer: z.string().nullable() },
      references: [{ columns: ['customer'], to: await table(customers), on: ['id'], both: true, severity: 'warn' }],
    })
    const report = await validate(await table(ORDERS), contract)
    expect(report.status).toBe('warn')
    expect(report.facts.checks.at(-1)).toMatchObject({
      passed: false,
      observed: '1: d',
      expected: 'each is referred to',
    })
  })

  test('several columns, numbers of other sizes, numbers and texts', async () => {
    const other = await table('year,code,n\n2024,007,1.0\n2024,008,2.0\n')
    const frame = await table('year,code,n\n2024,007,1\n2024,009,2\n2025,007,3\n')
    const columns = { year: z.int(), code: z.string(), n: z.number() }
    const failed = async (names: string[]): Promise<number> => {
      const contract = defineContract({ columns, references: [{ columns: names, to: other }] })
      return (await validate(frame, contract)).facts.checks.at(-1)?.failed as number
    }
    expect(await failed(['year', 'code'])).toBe(2)
    expect(await failed(['n'])).toBe(1)
  })

  test('a path is taken from the working directory; what is not there is told before anything is checked', async () => {
    writeFileSync(join(folder, 'customers.csv'), customers)
    const frame = await table(ORDERS)
    const report = await validate(frame, customerIn('customers.csv', 'id'), { cwd: folder })
    expect(report.facts.checks.at(-1)?.id).toBe('customer: in customers.csv (id)')
    await expect(validate(frame, customerIn('nowhere.csv', 'id'), { cwd: folder })).rejects.toMatchObject({
      code: 'DS_SOURCE_NOT_FOUND',
    })
    await expect(validate(frame, customerIn('customers.csv', 'idd'), { cwd: folder })).rejects.toMatchObject({
      code: 'DS_COLUMN_UNKNOWN',
    })
  })
})

describe('how strictly', () => {
  const cells = Array.from({ length: 100 }, (_, at) => (at < 3 ? '-1' : at < 20 ? '' : String(at)))
  const content = `n,v\n${cells.map((cell, at) => `${at},${cell}\n`).join('')}`
  const schema = z.int().min(0).nullable()

  test.each([
    [0.96, true, 'warn', 'pass', 'validate.tolerated'],
    [0.97, false, 'warn', 'warn', 'validate.failed'],
    [undefined, false, 'error', 'fail', 'validate.failed'],
  ] as const)('mostly %s of the rows with a value: passed %s', async (mostly, passed, severity, status, code) => {
    const contract = defineContract({ columns: { v: column(schema, { mostly, severity }) } })
    const report = await validate(await table(content), contract)
    expect(checkOf(report, 'v: >= 0')).toMatchObject({ evaluated: 100, nulls: 17, failed: 3, passed, severity })
    expect(report.status).toBe(status)
    expect(report.findings.map((finding) => finding.code)).toEqual([code])
  })

  test('of missing values, the share is one of all rows', async () => {
    for (const [mostly, passed] of [
      [0.83, true],
      [0.84, false],
    ] as const) {
      const contract = defineContract({ columns: { v: column(z.int(), { mostly }) } })
      expect(checkOf(await validate(await table(content), contract), 'v: not_null').passed).toBe(passed)
    }
  })

  test('values about persons are not shown, in the report or the file of failures', async () => {
    const contract = defineContract({
      columns: { id: z.int(), mail: column(z.email(), { pii: true, unique: true }) },
    })
    const path = join(folder, 'pii.jsonl')
    const frame = await table('id,mail\n1,secret\n2,a@b.example\n3,a@b.example\n')
    const report = await validate(frame, contract, { failures: path })
    expect(report.facts.failedRows).toBe(3)
    expect(checkOf(report, 'mail: format email').examples[0]?.value).toBe('(hidden)')
    expect(`${JSON.stringify(report)} ${readFileSync(path, 'utf8')}`).not.toMatch(/secret|a@b/)
  })

  test("a column's own markers of missing values", async () => {
    const contract = defineContract({
      columns: { a: column(z.int().nullable(), { missing: ['-9'] }), b: z.int() },
    })
    const report = await validate(await table('a,b\n-9,-9\n1,2\n'), contract)
    expect(checkOf(report, 'a: type').nulls).toBe(1)
    expect(checkOf(report, 'b: type').nulls).toBe(0)
    expect(report.status).toBe('pass')
  })
})

describe('markers of missing values that the reader was not told of', () => {
  const rows = ['-9,-,1,2024-01-01', '5,x,-9,-9', '5,-,2,2024-01-02', '-9,y,3,-', '7,z,4,2024-01-03']
  const content = `n,t,mixed,day\n${rows.join('\n')}\n`
  const contract = defineContract({
    columns: {
      n: column(z.int().nullable(), { unique: true, forbidden: [-9] }),
      t: column(z.string().nullable(), { unique: true, forbidden: ['-'] }),
      mixed: z.int().nullable(),
      day: z.date().nullable(),
    },
    missing: ['-9', '-'],
    references: [{ columns: ['n'], to: 'numbers.csv' }],
    checks: [
      sql`n > 0`,
      sql`t <> '-'`,
      sql`mixed >= 0`,
      { that: sql`FALSE`, when: sql`n IS NULL`, name: 'n is there' },
      { column: 'n', measure: 'min', min: 0 },
      { column: 'n', measure: 'nulls', max: 0 },
      { column: 't', measure: 'nulls', max: 0 },
      { column: 't', measure: 'distinct', max: 0 },
      { column: 'mixed', measure: 'nulls', max: 0 },
      { column: 't', equals: ['x', 'y', 'z'] },
      { column: 't', mostFrequentIn: ['x'] },
    ],
  })

  test('are none to conditions, keys, references and measures either', async () => {
    writeFileSync(join(folder, 'numbers.csv'), 'n\n5\n7\n')
    const frame = await table(content)
    const { facts } = await validate(frame, contract, { cwd: folder })
    const found = facts.checks
      .filter(({ ranAs }) => ranAs === 'sql')
      .map(({ id, failed, nulls, observed }) => [id, failed, nulls, ...(observed === undefined ? [] : [observed])])
    expect(found).toEqual([
      ['n: unique', 2, 2],
      ['t: unique', 0, 2],
      ['n: in numbers.csv', 0, 2],
      ['n: none_of', 0, 2],
      ['t: none_of', 0, 2],
      ['rows: n > 0', 0, 2],
      ["rows: t <> '-'", 0, 2],
      ['rows: mixed >= 0', 0, 1],
      ['rows: n is there', 2, 0],
      ['n: min', 0, 0, 5],
      ['n: nulls', 1, 0, 2],
      ['t: nulls', 1, 0, 2],
      ['t: distinct', 1, 0, 3],
      ['mixed: nulls', 1, 0, 1],
      ['t: values_are', 0, 0, 'x, y, z'],
      ['t: most_frequent', 0, 0, 'x, y, z'],
    ])
    const told = await open(frame.files[0] as string, { nulls: ['', '-9', '-'] })
    const same = (await validate(told, contract, { cwd: folder })).facts
    expect(facts.checks.map(({ ranAs: _ranAs, ...check }) => check)).toEqual(
      same.checks.map(({ ranAs: _ranAs, ...check }) => check),
    )
  })

  test('are cells of text tables, and of columns whose texts are read as such', async () => {
    const path = join(folder, 'texts.parquet')
    await (await open((await table(content)).files[0] as string, { types: { n: 'VARCHAR' } })).write(path)
    const stored = defineContract({
      columns: { n: column(z.int().nullable(), { coerce: true }), t: z.string() },
      missing: ['-9', '-'],
      checks: [sql`n > 0`, { column: 'n', measure: 'nulls', max: 0 }, { column: 't', measure: 'nulls', max: 0 }],
    })
    const report = await validate(await open(path), stored)
    expect(['rows: n > 0', 'n: nulls', 't: nulls'].map((id) => checkOf(report, id))).toMatchObject([
      { failed: 0, nulls: 2 },
      { observed: 2 },
      { observed: 0 },
    ])
  })
})

describe('checks of rows in SQL', () => {
  test('rows that fail, with the values of the columns that are named; where a value is missing, a row passes', async () => {
    const contract = defineContract({
      columns: { id: z.int(), price: z.number(), quantity: z.int(), amount: z.number().nullable(), status: z.string() },
      checks: [
        sql`amount = price * quantity`,
        {
          that: sql`amount IS NOT NULL`,
          when: sql`status = ${'paid'}`,
          name: 'paid orders have an amount',
          message: 'no amount',
        },
        { that: sql`quantity < 3`, severity: 'warn', mostly: 0.8 },
      ],
    })
    const report = await validate(await table(ORDERS), contract)
    expect(checkOf(report, 'rows: amount = price * quantity')).toMatchObject({
      evaluated: 5,
      failed: 1,
      nulls: 1,
      passed: false,
      examples: [{ row: 3, line: 4, value: 'price 2, quantity 2, amount 5' }],
    })
    expect(checkOf(report, 'rows: paid orders have an amount')).toMatchObject({
      evaluated: 3,
      failed: 1,
      examples: [{ row: 4, message: 'no amount' }],
    })
    expect(checkOf(report, 'rows: quantity < 3')).toMatchObject({ failed: 1, passed: true, severity: 'warn' })
    expect(report.facts.failedRows).toBe(3)
  })

  test('a cell that is not what the contract says is missing to a condition, and does not hinder it', async () => {
    const contract = defineContract({
      columns: { a: z.int(), b: z.number().nullable(), day: z.date() },
      checks: [sql`a > 1`, sql`b < 5`, sql`day > '2024-01-01'`],
    })
    const report = await validate(await table('a,b,day\n1,,2024-05-01\nx,,2023-05-01\n3,,soon\n'), contract)
    expect(checkOf(report, 'rows: a > 1')).toMatchObject({ failed: 1, nulls: 1, examples: [{ row: 1, line: 2 }] })
    expect(checkOf(report, 'rows: b < 5')).toMatchObject({ failed: 0, nulls: 3 })
    expect(checkOf(report, "rows: day > '2024-01-01'")).toMatchObject({ failed: 1, nulls: 1, examples: [{ row: 2 }] })
  })

  test('a condition that cannot be run is told before any data is read', async () => {
    const contract = defineContract({ columns: { id: z.int() }, checks: [{ that: sql`amuont > 1`, name: 'positive' }] })
    await expect(validate(await table(ORDERS), contract)).rejects.toMatchObject({
      code: 'DS_CONTRACT_INVALID',
      message: expect.stringContaining("the check 'positive' cannot be run: there is no column 'amuont'") as string,
    })
  })
})

describe('what is measured over all rows', () => {
  test.each([
    ['min', 1],
    ['max', 4],
    ['sum', 10.5],
    ['mean', 2.1],
    ['median', 2],
    ['distinct', 4],
    ['distinct_share', 0.8],
    ['nulls', 0],
  ] as const)('%s', async (measure, value) => {
    const bounds = (by: number): ReturnType<typeof defineContract> =>
      defineContract({
        columns: { price: z.number() },
        checks: [{ column: 'price', measure, min: value + by, max: value + by }],
      })
    const result = checkOf(await validate(await table(ORDERS), bounds(0)), `price: ${measure}`)
    expect(result).toMatchObject({ passed: true, observed: value, evaluated: 1 })
    const report = await validate(await table(ORDERS), bounds(1))
    expect(checkOf(report, `price: ${measure}`)).toMatchObject({ passed: false, observed: value, failed: 1 })
    expect(report.findings[0]?.message).toBe(`price ${measure}: ${value}, expected >= ${value + 1} and <= ${value + 1}`)
  })

  test('standard deviation, quantiles, shares of missing values, open bounds', async () => {
    const contract = defineContract({
      columns: { price: z.number(), amount: z.number().nullable() },
      checks: [
        { column: 'price', measure: 'sd', min: 1.24, max: 1.25 },
        { column: 'price', measure: { quantile: 0.25 }, min: 1, max: 1 },
        { column: 'amount', measure: 'null_share', max: 0.2 },
        { column: 'amount', measure: 'null_share', max: 0.2, exclusiveMax: true },
        { column: 'price', measure: 'min', min: 1, exclusiveMin: true, severity: 'warn' },
      ],
    })
    const { facts } = await validate(await table(ORDERS), contract)
    expect(
      facts.checks.filter(({ observed }) => observed !== undefined).map(({ check, passed }) => [check, passed]),
    ).toEqual([
      ['sd', true],
      ['quantile 0.25', true],
      ['null_share', true],
      ['null_share', false],
      ['min', false],
    ])
  })

  test('text that is no number, NaN and infinity are left out; of nothing there is no measure', async () => {
    const contract = defineContract({
      columns: { v: z.any(), w: z.any() },
      checks: [
        { column: 'v', measure: 'sum', min: 3, max: 3 },
        { column: 'w', measure: 'mean', min: 0 },
      ],
    })
    const report = await validate(await table('v,w\n1,\nx,\n2,\nnan,\ninf,\n'), contract)
    expect(checkOf(report, 'v: sum')).toMatchObject({ passed: true, observed: 3 })
    expect(checkOf(report, 'w: mean')).toMatchObject({ passed: false, observed: null })
  })

  test('the number of rows', async () => {
    const contract = defineContract({ columns: { id: z.int() }, rows: { min: 6 } })
    const report = await validate(await table(ORDERS), contract)
    expect(checkOf(report, 'rows: row_count')).toMatchObject({ passed: false, observed: 5, expected: '>= 6' })
  })

  test.each<[object, boolean, string]>([
    [{ contains: ['paid', 'open'] }, true, 'open'],
    [{ contains: ['paid', 'void'] }, false, 'missing: void'],
    [{ equals: ['paid', 'open'] }, true, ''],
    [{ equals: ['paid'] }, false, 'others: open'],
    [{ equals: ['paid', 'open', 'void'] }, false, 'missing: void'],
    [{ mostFrequentIn: ['paid', 'x'] }, true, 'paid'],
    [{ mostFrequentIn: ['open'] }, false, 'paid'],
  ])('the values of a column: %j', async (rule, passed, says) => {
    const contract = defineContract({ columns: { status: z.string() }, checks: [{ column: 'status', ...rule }] })
    const report = await validate(await table(ORDERS), contract)
    const result = report.facts.checks.find(({ expected }) => expected !== undefined)
    expect(result?.passed).toBe(passed)
    expect(String(result?.observed)).toContain(says)
  })

  test.each([
    [[1, 2, 2.5, 4], true],
    [[1, 2, 4], false],
  ])('the values of a column of numbers: %j %s', async (equals, passed) => {
    const contract = defineContract({ columns: { price: z.number() }, checks: [{ column: 'price', equals }] })
    expect(checkOf(await validate(await table(ORDERS), contract), 'price: values_are').passed).toBe(passed)
  })
})

test('columns in the order of the contract', async () => {
  const contract = defineContract({ columns: { customer: z.any(), id: z.int() }, ordered: true })
  const report = await validate(await table(ORDERS), contract)
  expect(report.findings[0]).toMatchObject({
    code: 'validate.column_order',
    message: "the columns stand in another order: 'id' where the contract has 'customer'",
  })
  const right = defineContract({ columns: { id: z.int(), customer: z.any() }, ordered: true })
  expect((await validate(await table(ORDERS), right)).status).toBe('pass')
})

test('the plan tells how each of them runs', async () => {
  const contract = defineContract({
    columns: { id: column(z.int(), { primaryKey: true }), price: z.number() },
    checks: [sql`price > 0`, { column: 'price', measure: 'mean', max: 5 }],
    rows: { min: 1 },
  })
  const frame = await table(ORDERS)
  const lines = explainPlan(planChecks(contract, frame, await frame.schema()))
  expect(lines).toHaveLength(7)
  expect(lines[0]).toBe('columns  metadata  column_present: id, price  (names and types tell)')
  expect(lines.join('\n')).toMatch(/id +sql +unique +\(equal values are looked for among all rows\)/)
})

describe('good rows from bad ones', () => {
  const content = 'id,code,more\n1,007,x\n2,abc,y\n3,01.50,z\n3,1,z\n'
  const columns = { id: column(z.int(), { unique: true }), code: z.string().regex(/^[0-9.]+$/) }

  test('each in a file of its own, in order, with the cells as they were', async () => {
    const split = { good: join(folder, 'good.csv'), bad: join(folder, 'bad.csv') }
    const report = await validate(await table(content), defineContract({ columns }), { split })
    expect(report.facts).toMatchObject({ failedRows: 3, goodFile: split.good, badFile: split.bad })
    expect(readFileSync(split.good, 'utf8')).toBe('id,code,more\n1,007,x\n')
    expect(readFileSync(split.bad, 'utf8')).toBe('id,code,more\n2,abc,y\n3,01.50,z\n3,1,z\n')
  })

  test('without the columns that the contract does not name, where it strips them', async () => {
    const good = join(folder, 'stripped.parquet')
    const report = await validate(await table(content), defineContract({ columns, extra: 'strip' }), {
      split: { good },
    })
    expect(report.facts.checks.map(({ check }) => check)).not.toContain('no_extra_column')
    expect(await (await open(good)).toArray()).toEqual([{ id: 1, code: '007' }])
  })

  test('many of them', async () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => `${at},${at % 3 === 0 ? 'x' : '1'},\n`).join('')
    const split = { good: join(folder, 'many-good.parquet'), bad: join(folder, 'many-bad.parquet') }
    await validate(await table(`id,code,more\n${rows}`), defineContract({ columns }), { split, maxExamples: 1 })
    const all = Array.from({ length: 200_000 }, (_, at) => at)
    expect([...(await (await open(split.bad)).numbers('id'))]).toEqual(all.filter((at) => at % 3 === 0))
    expect([...(await (await open(split.good)).numbers('id'))]).toEqual(all.filter((at) => at % 3 !== 0))
  })

  test('nothing that a run writes goes over what it refers to', async () => {
    const other = join(folder, 'referred.csv')
    writeFileSync(other, 'id\n1\n')
    const contract = defineContract({ columns, references: [{ columns: ['id'], to: other }] })
    for (const options of [{ failures: other }, { split: { good: other } }, { split: { bad: other } }]) {
      await expect(validate(await table(content), contract, options)).rejects.toMatchObject({
        code: 'DS_TARGET_IS_SOURCE',
      })
    }
    expect(readFileSync(other, 'utf8')).toBe('id\n1\n')
  })

  test('neither goes over what is read, nor over one another', async () => {
    const frame = await table(content)
    const same = join(folder, 'same.csv')
    for (const split of [{ good: frame.files[0] }, { good: same, bad: same }]) {
      await expect(validate(frame, defineContract({ columns }), { split })).rejects.toMatchObject({ kind: 'usage' })
    }
  })
})

test('a secret in an address that a contract refers to is told nowhere', async () => {
  const to = 'https://me:hunter2@example.com/x.csv?token=hunter2'
  const contract = defineContract({ columns: { id: z.int() }, references: [{ columns: ['id'], to }] })
  const frame = await table(ORDERS)
  const plan = explainPlan(planChecks(contract, frame, await frame.schema()))
  const differences = compareContracts(defineContract({ columns: { id: z.int() } }), contract)
  const error = await validate(frame, contract).catch((thrown: unknown) => String(thrown))
  expect(JSON.stringify([plan, differences, error])).toContain('example.com')
  expect(JSON.stringify([plan, differences, error])).not.toContain('hunter2')
})

test('a table without rows: what asks for some fails, all else holds', async () => {
  const contract = defineContract({
    columns: { id: column(z.int(), { unique: true, mostly: 0.5 }) },
    checks: [sql`id > 0`, { column: 'id', measure: 'mean', min: 0 }],
    rows: { min: 1 },
  })
  const report = await validate(await table('id\n'), contract)
  const failed = report.facts.checks.filter(({ passed }) => !passed).map(({ check }) => check)
  expect(failed).toEqual(['row_count', 'mean'])
})

test('NaN and the infinities fail their own check, and are missing to conditions as they are to measures', async () => {
  const contract = defineContract({
    columns: { price: z.number(), q: z.string() },
    checks: [sql`price < 100`, { column: 'price', measure: 'max', max: 5 }],
  })
  const text = await table('price,q\nNaN,1\ninf,2\nInfinity,2\n5,3\n-1,x\n')
  const path = join(folder, 'nan.parquet')
  await text.derive({ price: `TRY_CAST(CAST(price AS VARCHAR) AS DOUBLE)` }).write(path)
  for (const frame of [text, await open(path)]) {
    const { facts } = await validate(frame, contract)
    expect(facts.checks.filter(({ failed }) => failed > 0).map(({ id, failed }) => [id, failed])).toEqual([
      ['price: type', 3],
    ])
    expect(facts.checks.find(({ check }) => check === 'price < 100')).toMatchObject({ nulls: 3, passed: true })
  }
})

test('what conditions and refinements throw on is not shown where values are not to be', async () => {
  const frame = await table('ssn\nSECRET0\n')
  const [byEngine, byCode] = [
    defineContract({ columns: { ssn: column(z.string(), { pii: true }) }, checks: [sql`CAST(ssn AS INTEGER) > 3`] }),
    defineContract({
      columns: {
        ssn: column(
          z.string().refine((text) => {
            throw new Error(`bad ${text}`)
          }),
          { pii: true },
        ),
      },
    }),
  ]
  for (const contract of [byEngine, byCode]) {
    const error = (await validate(frame, contract).catch((thrown: unknown) => thrown)) as Error
    expect(error).toMatchObject({ code: 'DS_CONTRACT_THROWS' })
    expect(`${error.message} ${String(error.cause)} ${error.stack}`).not.toContain('SECRET')
  }
})

test('a divergence is the one of Kullback and Leibler, of values and of numbers between bounds', async () => {
  const frame = await table('v,n\na,0\na,1\na,4\nb,10\n,\n')
  const measured = async (name: string, divergence: Partition): Promise<unknown> => {
    const contract = defineContract({
      columns: { v: z.string().nullable(), n: z.number().nullable() },
      checks: [{ column: name, measure: { divergence }, max: 1 }],
    })
    return (await validate(frame, contract)).facts.checks.find(({ check }) => check === 'divergence')?.observed
  }
  // scipy.stats.entropy([0.75, 0.25], [0.5, 0.5]), of scipy 1.17.1.
  expect(await measured('v', { values: ['a', 'b'], weights: [1, 1] })).toBeCloseTo(0.130_812_035_941_136_94, 15)
  expect(await measured('v', { values: ['a', 'b', 'c'], weights: [3, 1, 0] })).toBe(0)
  expect(await measured('v', { values: ['a'], weights: [1] })).toBe('Infinity')
  expect(await measured('v', { values: ['a', 'b'], weights: [1, 0] })).toBe('Infinity')
  // The last bound is within: 0, 1 and 4, and 10.
  expect(await measured('n', { bins: [0, 5, 10], weights: [0.5, 0.5] })).toBeCloseTo(0.130_812_035_941_136_94, 15)
  expect(await measured('n', { bins: [0, 5], weights: [1] })).toBe('Infinity')
})

test.each<[object, string]>([
  [{ values: ['a'], weights: [1, 2] }, 'there are 2 weights for 1 parts'],
  [{ bins: [0, 1, 1], weights: [1, 2] }, 'bins ascend'],
  [{ values: ['a'], weights: [-1] }, 'weights are numbers that are not negative'],
  [{ values: ['a'] }, 'a divergence is from { values, weights } or { bins, weights }'],
])('a distribution that cannot be, %o, is told', (divergence, problem) => {
  const checks = [{ column: 'v', measure: { divergence: divergence as Partition }, max: 1 }]
  expect(() => defineContract({ columns: { v: z.any() }, checks })).toThrow(problem)
})

function conditioned(check: ReturnType<typeof sql>): ReturnType<typeof defineContract> {
  return defineContract({ columns: { a: z.int(), t: z.string() }, checks: [sql`a > 0`, check] })
}

describe('what is misspelt, or can be met by nothing, is told when the contract is defined', () => {
  const columns = { a: z.int() }
  test.each<[object, string]>([
    [
      { columns: { a: { schema: z.int(), uniq: true } } },
      "the column 'a': there is no option 'uniq' (did you mean 'unique'?)",
    ],
    [{ columns, row: { min: 1 } }, "the contract: there is no option 'row' (did you mean 'rows'?)"],
    [{ columns, rows: { least: 1 } }, "rows: there is no option 'least', but min, max"],
    [{ columns, rows: 3 }, 'rows: give { min, max }'],
    [{ columns, rows: { min: -5, max: -3 } }, 'rows: there are never fewer than none'],
    [{ columns, checks: ['a > 1'] }, "checks: 'a > 1' is not sql`a < b`, or an object"],
    [{ columns, checks: { a: 1 } }, 'checks: give a list'],
    [{ columns, unique: ['a'] }, "unique: 'a' is not a list of columns"],
    [
      { columns, checks: [{ column: 'a', measure: 'variance', max: 1 }] },
      "checks of a: there is no measure 'variance'",
    ],
    [
      { columns, checks: [{ column: 'a', measure: 'mean', max: 1, mostly: 0.5 }] },
      "checks: there is no option 'mostly'",
    ],
    [
      { columns: { a: column(z.int().max(3), { warnings: ['> 7'] }) } },
      "a: there is no check '> 7' to warn of, but not_null, type, <= 3",
    ],
    [{ columns: { a: column(z.enum(['x']), { forbidden: ['x'] }) } }, 'a: every value that it lists is forbidden'],
    [{ columns: { a: z.int().gt(3).lt(4) } }, 'a: no value is > 3 and < 4'],
    [{ columns: { a: z.number().multipleOf(0) } }, 'a: no value is a multiple of 0'],
    [{ columns: { a: z.never() } }, 'a: no value is of type never'],
    [{ columns, missing: 'NA' }, "the contract: 'missing' is a list of texts, as ['a', 'b'], not 'NA'"],
    [{ columns: { a: column(z.int(), { missing: '-9' } as never) } }, "the column 'a': 'missing' is a list of texts"],
    [{ columns: { a: column(z.int(), { unique: 'yes' } as never) } }, "'unique' is true or false, not 'yes'"],
    [{ columns, extra: 'strict' }, "the contract: 'extra' is 'allow' or 'forbid' or 'strip', not 'strict'"],
    [{ columns, ordered: 1 }, "the contract: 'ordered' is true or false, not 1"],
    [{ columns, unique: [{ columns: 'a' }] }, "unique: 'columns' is a list of texts"],
    [{ columns: { a: z3.string() } }, "the column 'a' is a schema of Zod 3: a contract takes those of Zod 4.5"],
    [z3.object({ a: z3.string() }), 'the columns are a schema of Zod 3'],
    [{ columns: { a: { '~standard': { vendor: 'valibot' } } } }, "the column 'a' is a schema of valibot"],
    [
      { columns: { t: z.string() }, checks: [{ column: 't', measure: 'mean', min: 3 }] },
      'checks of t: mean is measured of numbers, and the column is of type string',
    ],
    [
      { columns: { t: z.enum(['a']) }, checks: [{ column: 't', measure: { quantile: 0.5 }, min: 3 }] },
      'checks of t: quantile is measured of numbers',
    ],
  ])('%o', (definition, problem) => {
    expect(() => defineContract(definition as never)).toThrow(
      expect.objectContaining({ code: 'DS_CONTRACT_INVALID', message: expect.stringContaining(problem) }),
    )
  })

  test('a number between two that are out is there', () => {
    expect(defineContract({ columns: { a: z.number().gt(3).lt(4), b: z.int().gt(3).lt(5) } }).extra).toBe('allow')
  })

  test('SQL that is no condition is refused before data is read; SQL that some row does not bear names the check', async () => {
    const frame = await table('a,t\n1,x\n2,3\n')
    await expect(validate(frame, conditioned(sql`t`))).rejects.toMatchObject({
      code: 'DS_CONTRACT_INVALID',
      message: "the check 't' is no condition: it gives VARCHAR",
    })
    await expect(validate(frame, conditioned(sql`CAST(t AS INTEGER) > 0`))).rejects.toMatchObject({
      code: 'DS_CONTRACT_THROWS',
      message: expect.stringContaining("the check 'CAST(t AS INTEGER) > 0' cannot be run on some row: "),
    })
    expect((await validate(frame, conditioned(sql`NULL`))).status).toBe('pass')
  })
})

describe('cells that are the same value to the contract', () => {
  test.each<[string, string, ContractDefinition, string[]]>([
    [
      'are one to a measure',
      '1\n1.0\n01',
      { columns: { v: z.number() }, checks: [{ column: 'v', measure: 'distinct', max: 1 }] },
      [],
    ],
    [
      'as dates',
      '2024-01-01\nx',
      { columns: { v: z.any() }, checks: [{ column: 'v', contains: [new Date('2024-01-01')] }] },
      [],
    ],
    [
      'dates that are all',
      '2024-01-01\n2024-01-01',
      { columns: { v: z.date() }, checks: [{ column: 'v', equals: [new Date('2024-01-01')] }] },
      [],
    ],
    [
      'dates that are not',
      '2024-01-02',
      { columns: { v: z.date() }, checks: [{ column: 'v', equals: [new Date('2024-01-01')] }] },
      ['values_are'],
    ],
    [
      'the most frequent date',
      '2024-01-02\n2024-01-02\n2024-01-01',
      { columns: { v: z.date() }, checks: [{ column: 'v', mostFrequentIn: [new Date('2024-01-02')] }] },
      [],
    ],
    [
      'large integers that are forbidden',
      '9007199254740993\n6',
      { columns: { v: column(z.bigint(), { forbidden: [9007199254740993n] }) } },
      ['none_of'],
    ],
    [
      'large integers that are not',
      '9007199254740992\n6',
      { columns: { v: column(z.bigint(), { forbidden: [9007199254740993n] }) } },
      [],
    ],
    ['numbers among texts', '5.0\nx', { columns: { v: column(z.any(), { forbidden: [5] }) } }, ['none_of']],
    ['texts among numbers', '5.0\nx', { columns: { v: column(z.any(), { forbidden: ['x'] }) } }, ['none_of']],
  ])('%s', async (_what, cells, definition, failing) => {
    const rows = cells.split('\n').map((cell, at) => `${at},${cell}\n`)
    const { facts } = await validate(await table(`i,v\n${rows.join('')}`), defineContract(definition))
    expect(facts.checks.filter(({ failed }) => failed > 0).map(({ check }) => check)).toEqual(failing)
  })

  test('a missing value cannot be forbidden: the schema says so', () => {
    const columns = { v: column(z.string().nullable(), { forbidden: [null as unknown as string] }) }
    expect(() => defineContract({ columns })).toThrow("v: 'forbidden' lists values")
  })
})

test.each(['sum(price) > 1', 'count(*) > 1', 'price > 5) OR (true'])(
  '%s is no condition of a row, which is told before data is read',
  async (text) => {
    const contract = defineContract({ columns: { price: z.number() }, checks: [{ that: raw(text) }] })
    await expect(validate(await table(ORDERS), contract)).rejects.toMatchObject({ code: 'DS_CONTRACT_INVALID' })
  },
)

test('messages that hold a value which is not to be shown are hidden too', async () => {
  const pii = { pii: true }
  const contract = defineContract({
    columns: {
      said: column(
        z.string().refine(() => false, { error: ({ input }) => `bad ${String(input)}` }),
        pii,
      ),
      key: column(
        z
          .string()
          .transform((text) => ({ [text]: 1 }))
          .pipe(z.strictObject({})),
        pii,
      ),
      plain: column(z.string().max(1), pii),
    },
  })
  const { facts } = await validate(await table('said,key,plain\nann,bob,carl\n'), contract)
  const messages = facts.checks.flatMap(({ examples }) => examples.map(({ message }) => message))
  expect(messages.toSorted()).toEqual(['(hidden)', '(hidden)', 'Too big: expected string to have <=1 characters'])
})

test('refinements of rows see the columns that a loose object does not name', async () => {
  const contract = z.looseObject({ a: z.int() }).refine((row) => row['c'] !== 'x')
  const { facts } = await validate(await table('a,c\n1,x\n2,y\n'), contract)
  expect(facts.checks.find(({ failed }) => failed > 0)).toMatchObject({ id: 'rows: refine', examples: [{ row: 1 }] })
})

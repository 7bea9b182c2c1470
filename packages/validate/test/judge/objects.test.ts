import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createDuckdb, open, sql, type Frame, type OpenOptions } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column, contractSource, defineContract, infer, validate } from '../../src/index.ts'
import { newFolder } from '../folder.ts'

const { folder } = newFolder()

let files = 0
function jsonl(lines: readonly string[], options: OpenOptions = {}): Promise<Frame> {
  const path = join(folder, `${++files}.jsonl`)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return open(path, options)
}

const user = z.strictObject({ name: z.string(), nick: z.string().optional() })
const shape = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('a'), x: z.int() }),
  z.strictObject({ t: z.literal('b'), y: z.string() }),
])

/** Schemas with objects that they take and refuse; those of one line stand in one file, and must not change each other. */
const CASES: Readonly<Record<string, readonly [z.ZodType, ...string[]]>> = {
  'a key that only some nested objects have': [user, '{"name":"ann","nick":"a"}', '{"name":"bob"}', '{"nick":"c"}'],
  'null is not a key that is not there': [
    z.object({ x: z.int(), y: z.string().nullable() }),
    '{"x":1}',
    '{"x":1,"y":null}',
  ],
  'keys that a strict object does not know': [z.strictObject({ x: z.int() }), '{"x":1}', '{"x":1,"y":"a"}'],
  'objects of several kinds': [shape, '{"t":"a","x":1}', '{"t":"b","y":"k"}', '{"t":"a","y":"k"}'],
  'what every object has': [z.looseObject({ constructor: z.string().optional() }), '{"constructor":"x"}', '{}'],
  records: [z.record(z.string(), z.int()), '{"a":1}', '{"b":2}', '{"c":"3"}'],
  'lists of several kinds': [z.array(z.int()), '[1]', '["1"]', '[]', '[null]', '{}'],
  tuples: [z.tuple([z.int(), z.string()]), '[1,"a"]', '["a",1]', '[1]'],
  'values of several kinds': [z.string(), '1', '"a"', 'true', '{"a":1}', '[1]', 'null'],
  'zero with a sign': [z.number().refine((value) => Object.is(value, -0)), '-0', '0', '-0.0', '0.0'],
  'truth values among numbers': [z.boolean(), 'true', 'false', '1', '"true"'],
  'numbers among texts': [z.number(), '1', '"1"', '1.5', '1e3', '-0.0', '12345678901234567890'],
  'texts that look like times': [
    z.iso.datetime(),
    '"2024-01-01T00:00:00"',
    '"2024-01-01 10:00:00"',
    '"2024-01-01T00:00:00+02:00"',
    '"2024-01-01T00:00:00Z"',
  ],
  'the length of a time': [z.string().max(5), '"12:00"', '"12:00:00"'],
  'a mark of UTF-8 is a character': [z.string().length(1), '"\uFEFF"', '"\uFEFFa"', '"a"', '""'],
  'an optional value': [z.string().optional(), 'null', '"a"'],
  'an optional key': [z.string().exactOptional(), 'null', '"a"'],
  'a default': [z.int().default(3), 'null', '1', '"1"'],
}

describe('a JSON file is judged as safeParse judges what JSON.parse gives', () => {
  test.each(Object.entries(CASES))('%s', async (_what, [schema, ...values]) => {
    const object = z.object({ id: z.int(), c: schema })
    const lines = [...values.map((value, at) => `{"id":${at},"c":${value}}`), `{"id":${values.length}}`]
    const expected = lines.flatMap((line, at) => (object.safeParse(JSON.parse(line)).success ? [] : [at + 1]))
    for (const contract of [object, object.refine(() => true)]) {
      const { facts } = await validate(await jsonl(lines), contract, { maxExamples: 100 })
      const rows = facts.checks.flatMap(({ examples }) => examples.map(({ row }) => row))
      expect([...new Set(rows)].toSorted((one, other) => one - other)).toEqual(expected)
      expect(facts.failedRows).toBe(expected.length)
    }
  })
})

test('what JSON has no values of: dates are texts, large integers are exact, markers mean that there is none', async () => {
  const frame = await jsonl(['{"d":"2024-01-01","n":9223372036854775807,"m":"-"}', '{"d":"soon","n":1.5,"m":"a"}'])
  const { facts } = await validate(
    frame,
    defineContract({
      columns: {
        d: z.date(),
        n: z.bigint().min(9223372036854775807n),
        m: column(z.string().min(1), { missing: ['-'] }),
      },
    }),
  )
  const broken = facts.checks.filter(({ failed }) => failed > 0).map(({ id, examples }) => [id, examples[0]?.row])
  expect(broken).toEqual([
    ['d: type', 2],
    ['n: type', 2],
    ['m: not_null', 1],
  ])
})

test('one array of objects, and a file that is compressed, are read as lines are', async () => {
  const rows = '{"c":"2024-01-01T00:00:00Z"}|{"c":1}'.split('|')
  writeFileSync(join(folder, 'array.json'), `[${rows.join(',\n')}]`)
  writeFileSync(join(folder, 'lines.jsonl.gz'), gzipSync(rows.join('\n')))
  for (const name of ['array.json', 'lines.jsonl.gz']) {
    const { facts } = await validate(await open(join(folder, name)), z.object({ c: z.iso.datetime() }))
    expect(facts.failedRows).toBe(1)
  }
})

test('a line that is null is a row without values', async () => {
  const { facts } = await validate(await jsonl(['{"c":1}', 'null', '{"c":2}']), z.object({ c: z.int() }))
  expect(facts.checks.find(({ failed }) => failed > 0)).toMatchObject({ id: 'c: not_null', examples: [{ row: 2 }] })
})

test('of columns whose type was declared, the engine’s values are judged', async () => {
  const frame = await jsonl(['{"c":1}', '{"c":"2"}'], { types: { c: 'VARCHAR' } })
  expect((await validate(frame, z.object({ c: z.string() }))).status).toBe('pass')
})

test('a key with any name', async () => {
  const names = ['a.b', 'a/b', 'a~b', 'a"b', "a'b", '$', '', 'é', '__proto__'].filter((name) => name !== '')
  const line = `{${names.map((name) => `${JSON.stringify(name)}:7`).join(',')}}`
  const schemas = Object.fromEntries(names.filter((name) => name !== '__proto__').map((name) => [name, z.bigint()]))
  const report = await validate(await jsonl([line]), z.object(schemas))
  expect(report.facts.checks.filter(({ failed }) => failed > 0)).toEqual([])
})

test('what infer says of a JSON file holds for it', async () => {
  const frame = await jsonl([
    '{"id":1,"both":1,"c":1,"gone":1,"none":null,"o":{"a":1}}',
    '{"id":2,"both":null,"c":"x","none":null,"o":[1]}',
    '{"id":3,"c":true,"gone":2,"none":null}',
  ])
  const inference = await infer(frame)
  expect(Object.fromEntries(inference.columns.map(({ name, schema }) => [name, schema]))).toEqual({
    id: 'z.int().positive()',
    both: 'z.int().positive().nullish()',
    c: 'z.union([z.boolean(), z.number(), z.string()])',
    gone: 'z.int().positive().optional()',
    none: 'z.any()',
    o: 'z.any().optional()',
  })
  expect(contractSource(inference)).toContain('// guess: values of several kinds: booleans, numbers, strings')
})

describe('Parquet', () => {
  test('decimal numbers of any width are numbers, and bigint where they are whole', async () => {
    const engine = await createDuckdb()
    const path = join(folder, 'decimal.parquet')
    const rows = await open([{ i: 1 }, { i: 2 }], { engine })
    await rows
      .derive({
        price: sql`CAST(i AS DECIMAL(18,2)) + 0.25`,
        whole: sql`CAST(i AS DECIMAL(38,0))`,
        small: sql`CAST(i AS DECIMAL(4,0))`,
        far: sql`DATE '20000-01-01'`,
      })
      .write(path)
    const frame = await open(path, { engine })
    const report = await validate(
      frame,
      z.object({ price: z.number().max(2), whole: z.bigint(), small: z.bigint(), far: z.literal('+020000-01-01') }),
    )
    expect(report.facts.checks.filter(({ failed }) => failed > 0).map(({ id, examples }) => [id, examples])).toEqual([
      ['price: <= 2', [expect.objectContaining({ row: 2, value: 2.25 })]],
    ])
    expect((await infer(frame)).columns.map(({ schema }) => schema)).toContain('z.number().positive()')
    await engine.close()
  })
})

test('text behind z.lazy is text, so NA is a value of it', async () => {
  const path = join(folder, 'lazy.csv')
  writeFileSync(path, 'a,c\n1,NA\n2,x\n')
  const contract = z.object({
    a: z.int(),
    c: z.lazy(() => z.lazy(() => z.string())).refine((text) => text !== 'x', 'an x'),
  })
  const { facts } = await validate(await open(path), contract)
  expect(facts.checks.filter(({ failed }) => failed > 0).map(({ id, failed }) => [id, failed])).toEqual([
    ['c: refine', 1],
  ])
})

test('a U+FEFF at the start of a cell reaches Zod, however the check runs', async () => {
  const path = join(folder, 'marks.csv')
  writeFileSync(path, 'i,c\n1,"b"\n2,"\uFEFF"\n3,"\uFEFFa"\n')
  for (const schema of [
    z.hex(),
    z.hex().refine(() => true),
    z.string().toUpperCase().pipe(z.hex()),
    z.string().regex(/^[a-f]*$/u),
  ]) {
    const { facts } = await validate(await open(path), z.object({ i: z.int(), c: schema }), { maxExamples: 9 })
    const rows = facts.checks.flatMap(({ examples }) => examples.map(({ row }) => row))
    expect(rows).toEqual([2, 3])
  }
})

describe('JSON objects that are written apart', () => {
  const lines = [
    '{"id":1}',
    '{"id":12345678901234567890,  "o":"\\u0041"}',
    '{"id":"x","o":null}',
    '{"id":2,"l":[1,  {"k":1.0}]}',
  ]
  const contract = z.object({ id: z.number(), o: z.string().optional() })

  test('are as they were written, and hold again', async () => {
    const frame = await jsonl(lines)
    const [good, bad] = [join(folder, 'good.jsonl'), join(folder, 'bad.json')]
    await validate(frame, contract, { split: { good, bad } })
    expect(readFileSync(good, 'utf8').trimEnd().split('\n')).toEqual(lines.filter((_, at) => at !== 2))
    expect(JSON.parse(readFileSync(bad, 'utf8'))).toEqual([{ id: 'x', o: null }])
    expect((await validate(await open(good), contract)).facts.failedRows).toBe(0)
    expect((await validate(await open(bad), contract)).facts.failedRows).toBe(1)
  })

  test('lose the keys that a contract strips, and nothing else; compressed, too', async () => {
    const good = join(folder, 'stripped.jsonl.gz')
    const stripping = defineContract({ columns: { id: z.number(), o: z.string().optional() }, extra: 'strip' })
    await validate(await jsonl(lines), stripping, { split: { good } })
    expect(gunzipSync(readFileSync(good)).toString().trimEnd().split('\n')).toEqual([
      '{"id":1}',
      '{"id":12345678901234567890,"o":"A"}',
      '{"id":2}',
    ])
  })

  test('of a list over many lines stand in a line each', async () => {
    const file = join(folder, 'pretty.json')
    writeFileSync(file, JSON.stringify([{ id: 1, o: 'a\nb' }, { id: 2 }], undefined, 2))
    const good = join(folder, 'flat.jsonl')
    await validate(await open(file), contract, { split: { good } })
    const rows = readFileSync(good, 'utf8').trimEnd().split('\n')
    expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual([{ id: 1, o: 'a\nb' }, { id: 2 }])
  })

  test('of which there are none are an empty list, or no line', async () => {
    const [list, none] = [join(folder, 'none.json'), join(folder, 'none.jsonl')]
    const frame = await jsonl(['{"id":1}'])
    await validate(frame, contract, { split: { bad: list } })
    await validate(frame, contract, { split: { bad: none } })
    expect(JSON.parse(readFileSync(list, 'utf8'))).toEqual([])
    expect(readFileSync(none, 'utf8')).toBe('')
  })
})

test('keys that only the data knows make one check, whatever they are called', async () => {
  const frame = await jsonl(Array.from({ length: 500 }, (_, at) => `{"m":{"user${at}":"x"},"l":[{"p":"y"}]}`))
  const columns = { m: column(z.record(z.string(), z.int()), { pii: true }), l: z.array(z.object({ p: z.int() })) }
  const report = await validate(frame, defineContract({ columns }))
  expect(report.facts.checks.filter(({ failed }) => failed > 0).map(({ id, failed }) => [id, failed])).toEqual([
    ['m: .* type', 500],
    ['l: [].p type', 500],
  ])
  expect(JSON.stringify(report)).not.toContain('user1')
})

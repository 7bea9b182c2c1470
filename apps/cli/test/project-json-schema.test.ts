import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { projectJsonSchema, type JsonSchema } from '../src/project-json-schema.ts'
import { projectProblems } from '../src/project-schema.ts'
import { dayshift, newFolder } from './cli.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const shipped = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'project.schema.json'), 'utf8')) as JsonSchema
const holds = new Ajv({ strict: true, strictTypes: false, allErrors: true, formats: { uri: true } }).compile(shipped)

/** Every key that may stand somewhere, with what is said of it. */
function keysIn(schema: unknown, place: string): [string, unknown][] {
  if (typeof schema !== 'object' || schema === null) return []
  if (Array.isArray(schema)) return schema.flatMap((one) => keysIn(one, place))
  const { properties, ...rest } = schema as JsonSchema
  const own = Object.entries(properties ?? {}).flatMap(([key, value]): [string, unknown][] => [
    [`${place}.${key}`, value['description']],
    ...keysIn(value, `${place}.${key}`),
  ])
  return [...own, ...Object.values(rest).flatMap((inner) => keysIn(inner, place))]
}

test('what is shipped is what files are checked by, and says something of each key', () => {
  const script = join(root, 'scripts/project-schema.mjs')
  expect(execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' })).toBe(
    readFileSync(join(import.meta.dirname, '..', 'project.schema.json'), 'utf8'),
  )
  const keys = keysIn(shipped, '')
  expect(keys.length).toBeGreaterThan(100)
  expect(keys.filter(([, words]) => typeof words !== 'string' || words.length < 8).map(([key]) => key)).toEqual([])
  expect(Object.keys(projectJsonSchema().properties ?? {})).toEqual(Object.keys(shipped.properties ?? {}))
})

test('schema prints it', async () => {
  const folder = newFolder()
  const text = await dayshift(folder, ['schema'])
  expect([text.code, text.stderr, JSON.parse(text.stdout)]).toEqual([0, '', shipped])
  expect(JSON.parse((await dayshift(folder, ['schema', '--json'])).stdout)).toEqual(shipped)
})

const whole = { source: 'a.csv' }

test.each<[string, object]>([
  ['the least', { name: 'p', datasets: { a: whole } }],
  [
    'all steps, as JSON names code',
    {
      $schema: './node_modules/dayshift/project.schema.json',
      name: 'p',
      engine: { memory: '2GB', threads: 2 },
      alerts: { fireAfter: '2 of 3', calm: '1h' },
      sinks: { team: { type: 'webhook', url: '${env:URL}', kinds: ['drift'] } },
      datasets: {
        a: {
          ...whole,
          csv: { delimiter: ';', badLines: { quarantine: 'bad.jsonl' } },
          contract: 'contracts/a.ts#a',
          prototype: { fraction: '1%', etl: 'etl/a.ts#clean', window: { column: 't', last: '7d' } },
          version: { commit: true },
          register: false,
          log: { origin: 's3://b/a.csv', sql: 'select 1', inputs: { b: 'b' } },
          freshness: { maxAge: '24h', basis: ['mtime', 'column'], schedule: { cron: '0 7 * * *', grace: '1h' } },
          drift: { reference: 'previous', detectors: ['ks'], overrides: { x: { alpha: 0.1 } }, learn: { alpha: '5%' } },
        },
      },
      environments: { ci: { engine: { threads: 1 }, datasets: { a: { drift: { minShare: 0.2 }, freshness: false } } } },
    },
  ],
])('%s holds', (_, file) => {
  expect([holds(file), holds.errors]).toEqual([true, null])
})

test.each<[string, object]>([
  ['no source', { name: 'p', datasets: { a: {} } }],
  ['a key that is none', { name: 'p', datasets: { a: { ...whole, contracts: 'a' } } }],
  ['a key of a step that is none', { name: 'p', datasets: { a: { ...whole, drift: { refrence: 'previous' } } } }],
  ['a type that is wrong', { name: 'p', datasets: { a: { ...whole, version: { commit: 'yes' } } } }],
  ['a word that is none', { name: 'p', datasets: { a: { ...whole, freshness: { unsure: 'no' } } } }],
  ['no name', { datasets: {} }],
])('%s does not, as it does not when it is read', (_, file) => {
  expect(holds(file)).toBe(false)
  expect(projectProblems(file)).not.toEqual([])
})

/** A project with an environment. */
function over(environment: object): object {
  return { name: 'p', datasets: { a: whole }, environments: { ci: environment } }
}

test('what an environment lays over may be a part; the rest is held to the same', () => {
  expect(holds(over({ datasets: { a: { description: 'x' } } }))).toBe(true)
  expect(holds(over({ datasets: { a: { sorce: 'x' } } }))).toBe(false)
  expect(holds(over({ environments: {} }))).toBe(false)
})

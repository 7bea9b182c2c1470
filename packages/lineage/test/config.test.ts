import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig, type LineageConfig } from '../src/config.ts'
import { newFolder } from './folder.ts'

/** Reads a configuration from a file and variables. */
function read(
  yaml: string | undefined,
  env: Record<string, string> = {},
  config?: Record<string, unknown>,
): Promise<LineageConfig> {
  const cwd = newFolder()
  if (yaml !== undefined) writeFileSync(join(cwd, 'openlineage.yml'), yaml)
  return readConfig({ env, cwd, ...(config ? { config } : {}) })
}

const problemOf = async (...words: Parameters<typeof read>): Promise<string> =>
  read(...words).then(
    () => 'none',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  )

const http = { type: 'http', priority: 0, url: 'http://host', endpoint: 'api/v1/lineage', timeout: 5, verify: true }

test('nothing is configured, or all is switched off', async () => {
  const added = { environmentVariables: {}, jobTags: [], runTags: [] }
  const nothing = { isDisabled: false, filters: [], proxies: {}, added, ignored: [] }
  expect(await read(undefined)).toEqual(nothing)
  expect(await read('')).toEqual(nothing)
  expect(await read('transport: {type: noop}')).toEqual(nothing)
  expect(await read('no: good', { OPENLINEAGE_DISABLED: ' TRUE ' })).toMatchObject({ isDisabled: true })
  expect((await read(undefined, { OPENLINEAGE_DISABLED: 'false' })).isDisabled).toBe(false)
})

test('all keys of an HTTP transport', async () => {
  const { transport } = await read(`
transport:
  type: http
  url: " https://host/base/ "
  endpoint: in
  timeout: 0.5
  verify: no
  compression: gzip
  batch_endpoint: in/batch
  auth: { type: jwt, apiKey: k, tokenEndpoint: "https://auth/token", tokenFields: [a, b], expiresInField: e, grantType: g, responseType: r, tokenRefreshBuffer: 7 }
  custom_headers: { X-Team: data, X-Number: 7 }
  retry: { total: 2, backoff_factor: 1, status_forcelist: [500], connect: 1, read: 1, allowed_methods: [POST] }
  sslContext: { caCertPath: a, clientCertPath: b, clientKeyPath: c }
`)
  expect(transport).toEqual({
    type: 'http',
    priority: 0,
    url: 'https://host/base/',
    endpoint: 'in',
    timeout: 0.5,
    verify: false,
    compression: 'gzip',
    batchEndpoint: 'in/batch',
    auth: {
      type: 'jwt',
      apiKey: 'k',
      tokenEndpoint: 'https://auth/token',
      tokenFields: ['a', 'b'],
      expiresInField: 'e',
      grantType: 'g',
      responseType: 'r',
      tokenRefreshBuffer: 7,
    },
    headers: { 'X-Team': 'data', 'X-Number': '7' },
    retry: { total: 2, backoffFactor: 1, statuses: [500] },
    sslContext: { caCertPath: 'a', clientCertPath: 'b', clientKeyPath: 'c' },
  })
})

describe('what is said in several places', () => {
  const yaml = 'transport: {type: http, url: "http://file", endpoint: file, custom_headers: {A: "1"}}'

  test('the caller, over the file, over the environment, over the first variables', async () => {
    const env = {
      OPENLINEAGE__TRANSPORT__TYPE: 'console',
      OPENLINEAGE__TRANSPORT__ENDPOINT: 'environment',
      OPENLINEAGE__TRANSPORT__TIMEOUT: '7',
      OPENLINEAGE__TRANSPORT__CUSTOM_HEADERS: '{"B": "2"}',
      OPENLINEAGE_URL: 'http://first',
    }
    expect((await read(yaml, env, { transport: { url: 'http://caller' } })).transport).toMatchObject({
      type: 'http',
      url: 'http://caller',
      endpoint: 'file',
      timeout: 7,
      headers: { A: '1', B: '2' },
    })
  })

  test('the file is the one that is named, else in the working directory, else at home', async () => {
    const [cwd, home] = [newFolder(), newFolder()]
    mkdirSync(join(home, '.openlineage'))
    writeFileSync(join(home, '.openlineage', 'openlineage.yml'), 'transport: {type: http, url: "http://home"}')
    const url = async (env: Record<string, string> = {}): Promise<unknown> => {
      const { transport } = await readConfig({ env, cwd, home })
      return transport?.type === 'http' ? transport.url : undefined
    }
    expect(await url()).toBe('http://home')
    writeFileSync(join(cwd, 'openlineage.yml'), 'transport: {type: http, url: "http://cwd"}')
    expect(await url()).toBe('http://cwd')
    writeFileSync(join(cwd, 'other.yml'), 'transport: {type: http, url: "http://named"}')
    expect(await url({ OPENLINEAGE_CONFIG: 'other.yml' })).toBe('http://named')
    expect(await url({ OPENLINEAGE_CONFIG: join(cwd, 'other.yml') })).toBe('http://named')
    await expect(url({ OPENLINEAGE_CONFIG: 'gone.yml' })).rejects.toMatchObject({
      code: 'DS_LINEAGE_CONFIG',
      message: 'OPENLINEAGE_CONFIG names gone.yml, which is not there',
    })
  })

  test('in the environment the shorter name holds, values are JSON where they can be, and names have no case', async () => {
    const env = {
      OPENLINEAGE__TRANSPORT: '{"type": "http", "url": "http://host", "timeout": 1}',
      OPENLINEAGE__TRANSPORT__TIMEOUT: '9',
      OPENLINEAGE__transport__ENDPOINT: 'x',
    }
    expect((await read(undefined, env)).transport).toMatchObject({ ...http, timeout: 1 })
    const split = {
      OPENLINEAGE__TRANSPORT__TYPE: 'http',
      OPENLINEAGE__TRANSPORT__URL: 'http://host',
      OPENLINEAGE__TRANSPORT__AUTH__TYPE: 'api_key',
      OPENLINEAGE__TRANSPORT__AUTH__APIKEY: '1234',
      OPENLINEAGE__TRANSPORT__VERIFY: 'false',
    }
    expect((await read(undefined, split)).transport).toMatchObject({
      auth: { type: 'api_key', apiKey: '1234' },
      verify: false,
    })
  })

  test('the first variables are a transport by themselves, or one of a composite', async () => {
    const first = { OPENLINEAGE_URL: 'http://first', OPENLINEAGE_ENDPOINT: 'in', OPENLINEAGE_API_KEY: 'k-1234' }
    const auth = { type: 'api_key', apiKey: 'k-1234' }
    expect((await read(undefined, first)).transport).toMatchObject({
      type: 'http',
      url: 'http://first',
      endpoint: 'in',
      auth,
    })
    const composite = await read('transport: {type: composite, transports: {log: {type: console}, off: {}}}', first)
    expect(composite.transport).toMatchObject({
      type: 'composite',
      transports: [
        { type: 'http', name: 'default_http', url: 'http://first', auth },
        { type: 'console', name: 'log' },
      ],
    })
    const async = await read(undefined, { ...first, OPENLINEAGE__TRANSPORT__TYPE: 'async_http' })
    expect(async.transport).toMatchObject({ type: 'http', url: 'http://first', endpoint: 'in', auth })
  })
})

test('composite, transform and file transports, and filters', async () => {
  const { transport, filters, ignored } = await read(`
transport:
  type: composite
  continue_on_failure: false
  sort_transports: true
  transports:
    - { type: file, log_file_path: events, append: true, priority: "3" }
    - type: transform
      name: other
      transformer_class: openlineage.client.transport.transform.JobNamespaceReplaceTransformer
      transformer_properties: { new_job_namespace: n }
      transport: { type: http, url: http://host }
filters:
  - { type: exact, match: job }
  - { type: regex, regex: "test_.*" }
dataset: { reducing_enabled: true }
`)
  expect(transport).toMatchObject({
    continueOnFailure: false,
    continueOnSuccess: true,
    sortTransports: true,
    transports: [
      { type: 'file', path: 'events', append: true, priority: 3 },
      { type: 'transform', name: 'other', properties: { new_job_namespace: 'n' }, transport: http },
    ],
  })
  expect(filters).toEqual([
    { type: 'exact', match: 'job' },
    { type: 'regex', regex: /^(?:test_.*)/u },
  ])
  expect(ignored).toEqual(['dataset.reducing_enabled'])
})

test('what is added to every event, from a file and the environment', async () => {
  const { added } = await read(
    `
facets:
  environment_variables: [REGION, NOT_SET]
  source_code_location: { disabled: false, repo_url: "https://git.example/etl", branch: main }
tags: { job: { team: data, tier: 1 }, run: { nightly: true } }
`,
    { REGION: 'eu', SECRET: 'hunter22', OPENLINEAGE__TAGS__JOB__TEAM: 'sales', OPENLINEAGE__TAGS__RUN__OWNER: 'ada' },
  )
  expect(added).toEqual({
    environmentVariables: { REGION: 'eu' },
    jobTags: [
      { key: 'team', value: 'data', source: 'USER' },
      { key: 'tier', value: '1', source: 'USER' },
    ],
    runTags: [
      { key: 'owner', value: 'ada', source: 'USER' },
      { key: 'nightly', value: 'true', source: 'USER' },
    ],
    sourceCode: { repoUrl: 'https://git.example/etl', branch: 'main' },
  })
  const off = await read('facets: { source_code_location: { repo_url: "https://git.example/etl" } }')
  expect(off.added.sourceCode).toBeUndefined()
})

describe('what is wrong is told together, each with its place and without its value', () => {
  test('in a file and in the environment', async () => {
    const yaml = `
transprot: {}
transport:
  type: http
  url: hunter22.example.org
  timeout: -1
  compresion: gzip
  custom_headers: { "a b": x, C: [hunter22] }
  auth: { type: api_key, apiKey: "", tokn: hunter22 }
  retry: { total: 1.5, status_forcelist: hunter22 }
filters: [{ type: regex, regex: "(hunter22" }, 7]
`
    const told = await problemOf(yaml, {
      OPENLINEAGE__TRANSPORT__VERIFY: 'hunter22',
      OPENLINEAGE__TRANSPORT__PRIORITY: '"x"',
    })
    const words = told.replaceAll(/\S*\/openlineage\.yml/g, 'YAML')
    expect(words.startsWith('DS_LINEAGE_CONFIG the configuration of OpenLineage cannot be used: ')).toBe(true)
    for (const problem of [
      'YAML › transprot is not known; did you mean transport?',
      'YAML › transport.url is no address of http or https',
      'YAML › transport.timeout is no number of at least 0',
      'YAML › transport.compresion is not known; did you mean compression?',
      'YAML › transport.custom_headers.a b is no name of a header',
      'YAML › transport.custom_headers.C is no text',
      'YAML › transport.auth.apiKey is missing: auth of type api_key needs it',
      'YAML › transport.auth.tokn is not known',
      'YAML › transport.retry.total is no whole number of at least 0',
      'YAML › transport.retry.status_forcelist is no list of statuses',
      'OPENLINEAGE__TRANSPORT__VERIFY is no true or false',
      'OPENLINEAGE__TRANSPORT__PRIORITY is no whole number',
      'YAML › filters.0.regex is no regular expression',
      'YAML › filters.1 is no part with keys of its own',
    ])
      expect(words).toContain(problem)
    expect(told).not.toContain('hunter22')
  })

  test.each([
    ['transport: {url: "http://a"}', 'transport.type is missing'],
    ['transport: {type: http}', 'transport.url is missing'],
    ['transport: {type: htp}', 'transport.type is no value of http, async_http'],
    ['transport: {type: kafka}', 'transport.type is kafka, which is not among our transports: http'],
    ['transport: 7', 'transport is no part with keys of its own'],
    ['transport: {type: composite}', 'transport.transports is missing'],
    ['transport: {type: composite, transports: {a: }}', 'transport.transports holds no transport'],
    ['transport: {type: composite, transports: [7]}', 'transport.transports.0 is no part'],
    ['transport: {type: transform, transport: {type: console}}', 'transport.transformer_class is missing'],
    ['transport: {type: transform, transformer_class: a}', 'transport.transport is missing'],
    ['transport: {type: file}', 'transport.log_file_path is missing'],
    ['transport: {type: file, log_file_path: "s3://a/b"}', 'transport.log_file_path is no local file'],
    [
      'transport: {type: http, url: "http://a", auth: {type: oauth2, clientId: a, tokenEndpoint: b}}',
      'transport.auth.clientSecret is missing',
    ],
    [
      'transport: {type: http, url: "http://a", auth: {type: jwt, apiKey: a, tokenEndpoint: b}}',
      'tokenEndpoint is no address',
    ],
    [
      'transport: {type: http, url: "http://a", sslContext: {clientKeyPath: a}}',
      'clientCertPath is missing: there is a key',
    ],
    ['transport: {type: http, url: "http://a", timeout: 0}', 'transport.timeout is 0 seconds'],
    ['filters: 7', 'filters is no list'],
    ['tags: { job: { team: [hunter22] } }', 'tags.job.team is no text'],
    [
      'facets: { enviroment_variables: [A] }',
      'facets.enviroment_variables is not known; did you mean environment_variables?',
    ],
    ['filters: [{type: exact}]', 'filters.0.match is missing'],
    ['- a', 'holds no keys and values'],
    ['a: [', 'is no YAML: bad indent in line 1'],
    ['transport: {auth: {apiKey: *hunter22}}', 'is no YAML: it has an alias of what is not there'],
    ['transport: "hunter22', 'is no YAML: missing char in line 1'],
  ])('%s', async (yaml, problem) => {
    expect(await problemOf(yaml)).toContain(problem)
    expect(await problemOf(yaml)).not.toContain('hunter22')
  })
})

describe('a variable of JSON is told with the place within it', () => {
  test.each([
    [
      '{"type": "http", "url": "hunter22", "auth": {"type": "hunter22"}}',
      ['OPENLINEAGE__TRANSPORT › url is no address', 'OPENLINEAGE__TRANSPORT › auth.type is no value of api_key'],
    ],
    [
      '{"type": "http", "url": "hunter22",}',
      ['OPENLINEAGE__TRANSPORT is no part with keys of its own: its JSON is wrong at character 36'],
    ],
    ['{"type": "http", "url": "hunter22', ['OPENLINEAGE__TRANSPORT is no part with keys of its own: its JSON ']],
    [
      '{"type": "composite", "transports": [{"type": "hunter22"}]}',
      ['OPENLINEAGE__TRANSPORT › transports.0.type is no value of'],
    ],
  ])('%s', async (json, problems) => {
    const told = await problemOf(undefined, { OPENLINEAGE__TRANSPORT: json })
    for (const problem of problems) expect(told).toContain(problem)
    expect(told).not.toContain('hunter22')
  })

  test('by the name of the variable that it stands in', async () => {
    const told = await problemOf(undefined, {
      OPENLINEAGE__TRANSPORT__TYPE: 'http',
      OPENLINEAGE__TRANSPORT__URL: 'http://a',
      OPENLINEAGE__TRANSPORT__RETRY: '{"total": "x"}',
    })
    expect(told).toContain('OPENLINEAGE__TRANSPORT__RETRY › total is no whole number')
  })
})

describe('aliases of YAML', () => {
  test('stand for what they name', async () => {
    const yaml = `
transport:
  type: composite
  transports:
    a: &a { type: http, url: "http://a", custom_headers: &h { X: "1" } }
    b: { <<: *a, url: "http://b" }
    c: { type: http, url: "http://c", custom_headers: *h }
`
    expect((await read(yaml)).transport).toMatchObject({
      transports: [
        { url: 'http://a' },
        { url: 'http://b', headers: { X: '1' } },
        { url: 'http://c', headers: { X: '1' } },
      ],
    })
  })

  test.each([
    ['a: &a { b: *a }', '› a holds itself'],
    ['transport: &t { type: composite, transports: [*t] }', '› transport holds itself'],
    ['transport: &t { type: transform, transformer_class: x, transport: *t }', '› transport holds itself'],
    ['tags: { job: &j { a: { b: *j } } }', '› tags.job holds itself'],
    ['&all\nfilters: *all', 'openlineage.yml holds itself'],
    [`a: ${'{a: '.repeat(70)}1${'}'.repeat(70)}`, 'lies deeper than 64 levels'],
  ])('that stand within what they name are refused: %s', async (yaml, problem) => {
    expect(await problemOf(yaml)).toMatch(/^DS_LINEAGE_CONFIG /)
    expect(await problemOf(yaml)).toContain(problem)
  })

  test('and so is what the caller gives, or a variable holds, without end', async () => {
    const config: Record<string, unknown> = {}
    config['transport'] = config
    expect(await problemOf(undefined, {}, config)).toMatch(/^DS_LINEAGE_CONFIG .*holds itself/)
    const deep = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`
    expect(await problemOf(undefined, { OPENLINEAGE__TRANSPORT: deep })).toMatch(
      /^DS_LINEAGE_CONFIG OPENLINEAGE__TRANSPORT lies/,
    )
  })
})

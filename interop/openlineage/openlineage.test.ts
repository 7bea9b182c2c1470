import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, open } from '../../packages/core/src/index.ts'
import {
  checkEvent,
  columnLineageFacet,
  columnsOfFrame,
  duckdbSql,
  eventsOf,
  parentFromEnv,
  readConfig,
  transportOf,
  type Auth,
  type RunEvent,
  type TransportConfig,
} from '../../packages/lineage/src/index.ts'
import { weather } from '../../packages/lineage/test/sample.ts'
import { certify } from '../certificate.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS } from '../peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-openlineage-'))
let python: ChildProcessWithoutNullStreams | undefined
let lines: AsyncIterator<string> | undefined

beforeAll(async () => {
  if (!canInstall) return
  const bin = await installPeer(PYTHON_PEERS.openlineage)
  python = spawn(join(bin, 'python'), [join(import.meta.dirname, 'client.py')])
  python.stderr.resume()
  lines = createInterface(python.stdout)[Symbol.asyncIterator]()
})
afterAll(() => {
  python?.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks the real client. */
async function ask(question: Record<string, unknown>): Promise<unknown> {
  python?.stdin.write(`${JSON.stringify(question)}\n`)
  const line = (await lines?.next())?.value as string
  const { answer, error } = JSON.parse(line) as { answer?: unknown; error?: string }
  if (error !== undefined) throw new Error(error)
  return answer
}

/** A configuration, as both clients find it. */
interface Case {
  readonly yaml?: string
  readonly home?: string
  readonly env?: Record<string, string>
  readonly config?: Record<string, unknown>
}

let cases = 0

/** Lays a configuration out on the disk. */
function layOut({ yaml, home, env = {}, config }: Case): {
  cwd: string
  home: string
  env: Record<string, string>
  config?: Record<string, unknown>
} {
  const root = join(folder, String(cases++))
  const places = { cwd: join(root, 'cwd'), home: join(root, 'home') }
  mkdirSync(places.cwd, { recursive: true })
  mkdirSync(join(places.home, '.openlineage'), { recursive: true })
  if (yaml !== undefined) writeFileSync(join(places.cwd, 'openlineage.yml'), yaml)
  if (home !== undefined) writeFileSync(join(places.home, '.openlineage', 'openlineage.yml'), home)
  return { ...places, env, ...(config ? { config } : {}) }
}

/** What our configuration came to, in the words of client.py. */
function told(one: TransportConfig): Record<string, unknown> {
  switch (one.type) {
    case 'http':
      return {
        type: 'http',
        url: new URL(one.endpoint ?? '', one.url).href,
        timeout: one.timeout,
        verify: one.verify,
        compression: one.compression ?? null,
        headers: one.headers,
        auth: authTold(one.auth),
        retry: { total: one.retry?.total, backoff: one.retry?.backoffFactor },
      }
    case 'file':
      return { type: 'file', path: one.path, append: one.append }
    case 'composite': {
      const parts = one.transports.map((part) => ({ name: part.name ?? null, priority: part.priority, ...told(part) }))
      if (one.sortTransports) parts.sort((a, b) => b.priority - a.priority)
      return {
        type: 'composite',
        transports: parts,
        rules: [one.continueOnFailure, one.continueOnSuccess, one.sortTransports],
      }
    }
    case 'transform':
      return { type: 'transform', transport: told(one.transport), properties: one.properties }
    default:
      return { type: one.type }
  }
}

function authTold(auth: Auth | undefined): Record<string, unknown> {
  if (auth === undefined) return {}
  if (auth.type === 'api_key') return { api_key: auth.apiKey }
  const endpoint = {
    token_endpoint: auth.tokenEndpoint,
    token_fields: auth.tokenFields ?? (auth.type === 'jwt' ? ['token', 'access_token'] : ['access_token']),
    expires_in_field: auth.expiresInField ?? 'expires_in',
    token_refresh_buffer: auth.tokenRefreshBuffer ?? 120,
  }
  if (auth.type === 'jwt') {
    const { grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer', responseType = 'token', apiKey } = auth
    return { ...endpoint, api_key: apiKey, grant_type: grantType, response_type: responseType }
  }
  return {
    ...endpoint,
    client_id: auth.clientId,
    client_secret: auth.clientSecret,
    client_auth_method: auth.clientAuthMethod ?? 'client_secret_basic',
    ...(auth.scope === undefined ? {} : { scope: auth.scope }),
  }
}

const T = 'OPENLINEAGE__TRANSPORT__'
const jwt =
  '{type: jwt, apiKey: k, tokenEndpoint: "http://auth/t", tokenFields: [x], expiresInField: e, grantType: g, responseType: r, tokenRefreshBuffer: 7}'

const CASES: Record<string, Case> = {
  nothing: {},
  'switched off': { yaml: 'transport: {type: console}', env: { OPENLINEAGE_DISABLED: 'True ' } },
  'an empty file': { yaml: '' },
  console: { yaml: 'transport: {type: console}' },
  http: { yaml: 'transport: {type: http, url: "http://host"}' },
  'an address with a path': { yaml: 'transport: {type: http, url: "http://host/base", endpoint: in}' },
  'an address with a folder': { yaml: 'transport: {type: http, url: " http://host/base/ ", endpoint: in}' },
  'an endpoint with a slash': { yaml: 'transport: {type: http, url: "http://host/base/", endpoint: /in}' },
  'all of http': {
    yaml: `transport: {type: http, url: "https://host", timeout: 2.5, verify: off, compression: gzip, custom_headers: {A: b}, retry: {total: 2}, auth: ${jwt}}`,
  },
  'a key in each spelling': { yaml: 'transport: {type: http, url: "http://host", auth: {type: api_key, api_key: k}}' },
  'credentials of a client': {
    yaml: 'transport: {type: http, url: "http://host", auth: {type: oauth2, clientId: a, client_secret: b, token_endpoint: "http://auth/t", scope: s, clientAuthMethod: client_secret_post}}',
  },
  'a file': { yaml: 'transport: {type: file, log_file_path: /tmp/x, append: yes}' },
  'texts that are no booleans': {
    yaml: 'transport: {type: http, url: "http://host", custom_headers: {A: n, B: "yes"}}',
  },
  'home only': { home: 'transport: {type: http, url: "http://home"}' },
  'the working directory over home': {
    yaml: 'transport: {type: http, url: "http://cwd"}',
    home: 'transport: {type: http, url: "http://home"}',
  },
  'the file over the environment, key by key': {
    yaml: 'transport: {type: http, url: "http://file", custom_headers: {A: "1"}}',
    env: { [`${T}URL`]: 'http://env', [`${T}TIMEOUT`]: '9', [`${T}CUSTOM_HEADERS__B`]: 'two' },
  },
  'the caller over both': {
    yaml: 'transport: {type: http, url: "http://file", endpoint: file}',
    env: { [`${T}TIMEOUT`]: '9' },
    config: { transport: { url: 'http://caller' } },
  },
  'the environment alone': {
    env: {
      [`${T}TYPE`]: 'http',
      [`${T}URL`]: 'http://env',
      [`${T}VERIFY`]: 'false',
      [`${T}AUTH`]: '{"type":"api_key","apiKey":"k"}',
    },
  },
  'keys of the environment, one by one': {
    env: {
      [`${T}TYPE`]: 'http',
      [`${T}URL`]: 'http://env',
      [`${T}AUTH__TYPE`]: 'api_key',
      [`${T}AUTH__APIKEY`]: 'k',
      [`${T}RETRY__TOTAL`]: '1',
    },
  },
  'the shorter name': {
    env: {
      OPENLINEAGE__TRANSPORT: '{"type": "http", "url": "http://short"}',
      [`${T}URL`]: 'http://long',
      [`${T}TIMEOUT`]: '9',
    },
  },
  'the first variables': {
    env: { OPENLINEAGE_URL: 'http://first', OPENLINEAGE_ENDPOINT: 'in', OPENLINEAGE_API_KEY: 'k' },
  },
  'the first variables beside http': {
    yaml: 'transport: {type: http, url: "http://file"}',
    env: { OPENLINEAGE_URL: 'http://first', OPENLINEAGE_API_KEY: 'k' },
  },
  'the first variables in a composite': {
    yaml: 'transport: {type: composite, transports: {a: {type: console}, off: {}}}',
    env: { OPENLINEAGE_URL: 'http://first', OPENLINEAGE_ENDPOINT: 'in', OPENLINEAGE_API_KEY: 'k' },
  },
  'the first variables, where the default is said': {
    yaml: 'transport: {type: composite, transports: {default_http: {type: http, url: "http://own"}}}',
    env: { OPENLINEAGE_URL: 'http://first' },
  },
  'the first variables, said again': {
    env: {
      OPENLINEAGE_URL: 'http://first',
      [`${T}TRANSPORTS__DEFAULT_HTTP__URL`]: 'http://x',
      [`${T}TYPE`]: 'composite',
      [`${T}TRANSPORTS__DEFAULT_HTTP__TYPE`]: 'http',
    },
  },
  'the first variables of async_http': {
    env: { OPENLINEAGE_URL: 'http://first', OPENLINEAGE_API_KEY: 'k', [`${T}TYPE`]: 'async_http' },
  },
  'a composite by priority': {
    yaml: `
transport:
  type: composite
  sort_transports: true
  continue_on_failure: false
  continue_on_success: false
  transports:
    - {type: console, name: a}
    - {type: http, url: "http://host", priority: "2", name: b}
    - {type: file, log_file_path: x, priority: 1}
`,
  },
  'a transform': {
    yaml: 'transport: {type: transform, transformer_class: openlineage.client.transport.transform.JobNamespaceReplaceTransformer, transformer_properties: {new_job_namespace: new}, transport: {type: http, url: "http://host"}}',
  },
}

describe.skipIf(!canInstall)('one configuration, two clients', () => {
  test.each(Object.entries(CASES))('%s', async (_, one) => {
    const places = layOut(one)
    const theirs = (await ask({ ask: 'describe', ...places })) as { type: string }
    const { isDisabled, transport } = await readConfig(places)
    // Where nothing is said, theirs prints events; ours leaves that to the caller.
    const ours = transport ? told(transport) : { type: isDisabled ? 'noop' : 'console' }
    expect(ours).toEqual(theirs)
  })
})

/** A server that writes down what it gets. */
async function listen(): Promise<{
  url: string
  got: { path: string; headers: IncomingHttpHeaders; body: string }[]
  close: () => void
}> {
  const got: { path: string; headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const isZipped = request.headers['content-encoding'] === 'gzip'
      got.push({
        path: request.url ?? '',
        headers: request.headers,
        body: (isZipped ? gunzipSync(body) : body).toString(),
      })
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(request.url === '/token' ? '{"token": "t-1", "expires_in": 3600}' : '{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, close }
}

/** What a configuration added to an event; the Python client also adds its own version as a tag. */
function addedOf({ run, job }: RunEvent): Record<string, unknown> {
  const { _producer, _schemaURL, ...source } = job.facets['sourceCodeLocation'] ?? {}
  const tags = (run.facets['tags']?.['tags'] ?? []) as readonly { readonly key: string }[]
  return {
    variables: run.facets['environmentVariables']?.['environmentVariables'],
    jobTags: job.facets['tags']?.['tags'],
    runTags: tags.filter(({ key }) => key !== 'openlineage_client_version'),
    source,
  }
}

describe.skipIf(!canInstall)('what arrives at a server', () => {
  test.each([
    'custom_headers: {X-Team: data}',
    'compression: gzip, auth: {type: api_key, apiKey: k-1}',
    'endpoint: in/here, auth: {type: api_key, apiKey: k-1}, custom_headers: {Authorization: Own}',
    'auth: {type: jwt, apiKey: "k &1", tokenEndpoint: "SERVER/token"}',
    'auth: {type: oauth2, clientId: "a b", clientSecret: "s:c", tokenEndpoint: "SERVER/token", tokenFields: token, scope: x}',
    'auth: {type: oauth2, clientId: "a b", clientSecret: "s:c", tokenEndpoint: "SERVER/token", tokenFields: token, clientAuthMethod: client_secret_post}',
  ])('%s', async (keys) => {
    const server = await listen()
    try {
      const yaml = `transport: {type: http, url: "${server.url}", ${keys.replace('SERVER', server.url)}}`
      const places = layOut({ yaml })
      await ask({ ask: 'emit', ...places })
      const theirs = server.got.splice(0)
      const configured = transportOf(await readConfig(places), { cwd: places.cwd })
      await configured?.transport.emit(eventsOf(weather(), '/srv', new Date()).slice(0, 1))
      await configured?.transport.close()
      const seen = ({ path, headers, body }: (typeof theirs)[number]): unknown => ({
        path,
        authorization: headers.authorization,
        type: headers['content-type'],
        encoding: headers['content-encoding'],
        team: headers['x-team'],
        form: path === '/token' ? [...new URLSearchParams(body)].map(String).toSorted() : undefined,
      })
      expect(server.got.map(seen)).toEqual(theirs.map(seen))
      expect(theirs.length).toBeGreaterThan(0)
      const events = [...theirs, ...server.got].filter(({ path }) => path !== '/token')
      for (const { body } of events) expect(checkEvent(JSON.parse(body))).toEqual([])
    } finally {
      server.close()
    }
  })

  test('has the tags, variables and source that a configuration adds', async () => {
    const server = await listen()
    try {
      const yaml = `
transport: {type: http, url: "${server.url}"}
tags: {job: {team: data, Tier: gold}, run: {nightly: "yes"}}
facets:
  environment_variables: [REGION, NOT_SET]
  source_code_location: {disabled: false, repo_url: "https://git.example/etl", version: abc, branch: main, tag: v1, pull_request_number: "7"}
`
      const places = layOut({ yaml, env: { REGION: 'eu ü', OPENLINEAGE__TAGS__RUN__OWNER: 'ada' } })
      await ask({ ask: 'emit', ...places })
      const configured = transportOf(await readConfig(places), { cwd: places.cwd })
      await configured?.transport.emit(eventsOf(weather(), '/srv', new Date()).slice(0, 1))
      const [theirs, ours] = server.got.map(({ body }) => addedOf(JSON.parse(body) as RunEvent))
      expect(ours).toEqual(theirs)
      expect(ours?.variables).toEqual([{ name: 'REGION', value: 'eu ü' }])
      expect(ours?.jobTags).toHaveLength(2)
      for (const { body } of server.got) expect(checkEvent(JSON.parse(body))).toEqual([])
    } finally {
      server.close()
    }
  })
})

describe.skipIf(!canInstall)('a server with a certificate of its own', () => {
  test('is trusted where the configuration says so, by both, and else by neither', async ({ skip }) => {
    const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    skip(!(await certify(certificate, key)), 'there is no openssl')
    let taken = 0
    const tls = { cert: readFileSync(certificate), key: readFileSync(key) }
    const server = createSecureServer(tls, (request, response) => {
      request.resume().on('end', () => {
        taken++
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ways = ['retry: {total: 0}', 'verify: false', `sslContext: {caCertPath: "${certificate}"}`]
    const outcomes = []
    for (const way of ways) {
      const places = layOut({ yaml: `transport: {type: http, url: "${url}", ${way}}` })
      const theirs = await ask({ ask: 'emit', ...places }).then(
        () => 'taken',
        () => 'not',
      )
      const configured = transportOf(await readConfig(places), { cwd: places.cwd })
      const ours = await configured?.transport.emit(eventsOf(weather(), '/srv', new Date()).slice(0, 1)).then(
        () => 'taken',
        (error: { code: string; message: string }) => `${error.code} ${error.message.replace(url, 'URL')}`,
      )
      outcomes.push([theirs, ours])
    }
    server.close()
    server.closeAllConnections()
    expect(outcomes).toEqual([
      ['not', 'DS_LINEAGE_UNREACHABLE URL/api/v1/lineage: self-signed certificate'],
      ['taken', 'taken'],
      ['taken', 'taken'],
    ])
    expect(taken).toBe(4)
  })
})

describe.skipIf(!canInstall)('events', () => {
  test('theirs hold for our check', async () => {
    const theirs = (await ask({ ask: 'make' })) as RunEvent[]
    expect(theirs.map(({ eventType }) => eventType)).toEqual(['START', 'RUNNING', 'FAIL'])
    for (const event of theirs) expect(checkEvent(event)).toEqual([])
  })

  test('ours are read by its types, with all facets', async () => {
    const id = '01936b5c-8c00-7a31-b1c2-3d4e5f607182'
    const parent = parentFromEnv({ OPENLINEAGE_PARENT_ID: `a/b/${id}`, OPENLINEAGE_ROOT_PARENT_ID: `c/d/${id}` })
    const now = new Date()
    const full = weather({
      eventType: 'FAIL',
      error: new Error('no'),
      nominalTime: { start: now, end: now },
      ...(parent ? { parent } : {}),
    })
    const events = [...eventsOf(weather(), '/srv', now), ...eventsOf(full, '/srv', now)]
    expect(await ask({ ask: 'read', events })).toEqual([
      'dataQualityAssertions',
      'dataQualityMetrics',
      'dataSource',
      'documentation',
      'errorMessage',
      'jobType',
      'nominalTime',
      'outputStatistics',
      'ownership',
      'parent',
      'processing_engine',
      'schema',
      'storage',
      'version',
    ])
    const broken = JSON.parse(JSON.stringify(events).replace('"rowCount":3', '"rowCount":"three"')) as unknown
    await expect(ask({ ask: 'read', events: broken })).rejects.toThrow('TypeError')
  })

  test('ours of columns, by SQL and by verbs, are read by its types', async () => {
    const engine = await createDuckdb()
    try {
      const { dataset } = weather()
      const columns = ['city', 'temp'].map((name) => ({ name, nativeType: 'VARCHAR' }))
      const sql = "SELECT city, md5(temp) AS hidden, 1 AS one FROM w WHERE temp > '3' ORDER BY city"
      const ofSql = await duckdbSql(engine).columnsOf(sql, { inputs: { w: { dataset, columns } } })
      const frame = await open([{ city: 'Oslo', temp: 3 }], { engine, dataset })
      const ofFrame = await columnsOfFrame(frame.summarize({ most: 'max(temp)' }, { by: 'city' }))
      const events = [ofSql, ofFrame].flatMap(({ lineage }) =>
        eventsOf(
          weather({ facets: { columnLineage: columnLineageFacet(lineage ?? { fields: {} }) } }),
          '/srv',
          new Date(),
        ),
      )
      for (const event of events) expect(checkEvent(event)).toEqual([])
      expect(events[1]?.outputs[0]?.facets['columnLineage']).toMatchObject({ fields: { one: { inputFields: [] } } })
      expect(await ask({ ask: 'read', events })).toContain('columnLineage')
    } finally {
      await engine.close()
    }
  })
})

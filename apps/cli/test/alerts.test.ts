import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { SinkOutcome, WebhookBody } from '@dayshift/core'
import { expect, onTestFinished, test } from 'vitest'
import { dayshift as process, dayshiftHere, newFolder, type Printed, type Ran } from './cli.ts'

/** Runs the command, and leaves out of what it says what only a slow machine lets it say: how far it is. */
async function dayshift(...words: Parameters<typeof dayshiftHere>): Promise<Ran> {
  const ran = await dayshiftHere(...words)
  return { ...ran, stderr: ran.stderr.replaceAll(/^orders: 6 freshness .*\n/gm, '') }
}

/** What `--json` prints where somebody is told. */
interface Told extends Printed {
  readonly sinks?: readonly SinkOutcome[]
  readonly result?: { readonly alerts: readonly Readonly<Record<string, unknown>>[] }
}

async function printed(folder: string, ...words: readonly string[]): Promise<Told> {
  return JSON.parse((await dayshift(folder, [...words, '--json'])).stdout) as Told
}

/** A webhook that keeps what it gets, until it is told to answer otherwise. */
async function webhook(answer: (response: ServerResponse) => void = (response) => response.end()) {
  const bodies: WebhookBody[] = []
  const state = { answer }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      bodies.push(JSON.parse(body) as WebhookBody)
      state.answer(response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const told = (): string[] =>
    bodies.flatMap(({ alerts }) =>
      alerts.map(({ annotations, labels }) => `${annotations['event']} ${labels['alertname']}`),
    )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, told, state }
}

/** A project of one dataset, that is old. */
function project(
  sinks: string,
  more = '',
): { readonly folder: string; readonly data: string; readonly age: (days: number) => void } {
  const folder = newFolder()
  const data = join(folder, 'data.csv')
  writeFileSync(data, 'a\n1\n')
  writeFileSync(
    join(folder, 'dayshift.config.ts'),
    `export default {
       name: 'p',
       sinks: ${sinks},
       ${more}
       datasets: { orders: { source: 'data.csv', prototype: false, version: false, register: false, log: false,
         freshness: { maxAge: '24h' } } },
     }`,
  )
  const age = (days: number): void => utimesSync(data, Date.now() / 1000, Date.now() / 1000 - days * 86_400)
  age(3)
  return { folder, data, age }
}

test('a run tells a webhook once, tells that it is over, and dayshift alerts lists what fires', async () => {
  const hook = await webhook()
  const { folder, age } = project(`{ team: { type: 'webhook', url: '\${env:HOOK}' } }`, 'alerts: { resolveAfter: 2 },')
  const env = { HOOK: hook.url }
  const first = await dayshift(folder, ['run'], { env })
  expect(first.code).toBe(1)
  expect(first.stderr).toBe('sink team: told of 1 alert\n')
  await dayshift(folder, ['run', '-q'], { env })
  // The dataset by its name, as the project describes it, is the same look.
  expect(await dayshift(folder, ['freshness', 'orders'], { env })).toMatchObject({ code: 1, stderr: '' })
  expect(hook.told()).toEqual(['fire freshness.stale'])
  expect(hook.bodies[0]?.alerts[0]?.labels).toEqual({
    alertname: 'freshness.stale',
    project: 'p',
    dataset: 'orders',
    kind: 'freshness',
    severity: 'error',
  })
  const listed = await printed(folder, 'alerts')
  expect(listed.result?.alerts).toMatchObject([
    { dataset: 'orders', state: 'firing', bad: 3, told: { team: { over: false } } },
  ])
  expect((await dayshift(folder, ['alerts'])).stdout).toMatch(
    /error +.+ +orders +freshness\.stale +team .* ago\n1 alert\n$/,
  )
  age(0)
  await dayshift(folder, ['run'], { env })
  await dayshift(folder, ['run'], { env })
  expect(hook.told()).toEqual(['fire freshness.stale', 'resolve freshness.stale'])
  expect((await dayshift(folder, ['alerts'])).stdout).toBe('no alert fires\n')
})

test('a sink that fails changes no verdict; with --strict-sinks it exits with 4; what failed comes again', async () => {
  const hook = await webhook((response) => response.writeHead(403).end('not you'))
  const { folder } = project(`{ team: { type: 'webhook', url: '${hook.url}/T0K3N' } }`)
  const failing = await dayshift(folder, ['run'])
  expect(failing.code).toBe(1)
  expect(failing.stderr).toBe(
    `warn sink team: ${hook.url}: it answers 403, not you\n  Check the address, and the secrets that go with it. What could not be told comes again with the next run.\n`,
  )
  const strict = await printed(folder, 'run', '--strict-sinks')
  expect(strict).toMatchObject({ status: 'fail', exitCode: 4 })
  expect(strict.sinks).toMatchObject([{ sink: 'team', given: 1, taken: 0, error: { code: 'DS_SINK_REFUSED' } }])
  expect(JSON.stringify(strict)).not.toContain('T0K3N')
  hook.state.answer = (response) => response.end()
  const again = await printed(folder, 'run', '--strict-sinks')
  expect(again).toMatchObject({ status: 'fail', exitCode: 1, sinks: [{ sink: 'team', given: 1, taken: 1 }] })
})

test('--no-sinks tells nobody and keeps nothing; a trial with flags of its own tells nobody either', async () => {
  const hook = await webhook()
  const { folder } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  for (const words of [
    ['run', '--no-sinks'],
    ['freshness', 'orders', '--no-sinks'],
    ['freshness', 'orders', '--max-age', '1h'],
    ['run', '--dry-run'],
  ]) {
    expect((await dayshift(folder, words)).stderr).toBe('')
  }
  expect(hook.bodies).toEqual([])
  expect(existsSync(join(folder, '.dayshift', 'alerts.json'))).toBe(false)
})

test('--sink needs no project: it tells once what this run found, and that it is over', async () => {
  const hook = await webhook()
  const folder = newFolder()
  mkdirSync(join(folder, 'deep'))
  const data = join(folder, 'deep', 'data.csv')
  writeFileSync(data, 'a\n1\n')
  const words = ['freshness', 'deep/data.csv', '--max-age', '1d', '--sink', hook.url]
  utimesSync(data, Date.now() / 1000, Date.now() / 1000 - 86_400 * 3)
  await dayshift(folder, words)
  expect((await dayshift(folder, words)).code).toBe(1)
  expect(hook.told()).toEqual(['fire freshness.stale'])
  expect(hook.bodies[0]?.alerts[0]?.labels).toMatchObject({ dataset: 'deep/data.csv' })
  const wrong = await dayshift(folder, [...words.slice(0, -1), 'hunter2'])
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).not.toContain('hunter2')
})

test('what could not be carried out is an alert, and a step that is turned off has none', async () => {
  const hook = await webhook()
  const { folder, data } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`, 'alerts: { resolveAfter: 1 },')
  await process(folder, ['run', '-q'])
  writeFileSync(join(folder, 'broken'), '')
  const config = join(folder, 'dayshift.config.ts')
  const text = readFileSync(config, 'utf8')
  // Its header is not there, so that the prototype cannot be drawn; freshness is looked at no more.
  writeFileSync(data, '')
  writeFileSync(
    config,
    text.replace('prototype: false,', '').replace("freshness: { maxAge: '24h' }", 'freshness: false'),
  )
  expect((await process(folder, ['run', '-q'])).code).toBe(3)
  expect(hook.told()).toEqual(['fire freshness.stale', 'fire DS_SOURCE_EMPTY', 'resolve freshness.stale'])
  expect(hook.bodies[1]?.alerts[0]?.labels).toMatchObject({ kind: 'prototype', dataset: 'orders' })
  // A dataset that the project does not have any more has no alerts.
  writeFileSync(config, text.replace('orders:', 'others:'))
  await process(folder, ['run', '-q'])
  expect(hook.told().slice(3).sort()).toEqual(['fire freshness.empty', 'resolve DS_SOURCE_EMPTY'])
})

test('a sink whose variable is missing is told, and is no reason not to run; one that never answers does not hang it', async () => {
  const hook = await webhook(() => undefined)
  const { folder } = project(`{
    unset: { type: 'webhook', url: '\${env:HOOK}' },
    silent: { type: 'webhook', url: '${hook.url}', timeout: '200ms', retries: 0 },
    own: { name: 'x', write: async (report) => { if (report.kind === 'freshness') throw new Error('own trouble') } },
  }`)
  const { code, stderr } = await dayshift(folder, ['run'])
  expect(code).toBe(1)
  expect(stderr).toContain('warn sink unset: the environment has no HOOK\n  Set HOOK, or pass --no-sinks.\n')
  expect(stderr).toContain(`warn sink silent: ${hook.url}: no answer within 0.2 s\n`)
  expect(stderr).toContain('warn sink own: own trouble\n')
})

test('a project file that is wrong fails no habit that does without it, but that nobody is told is said', async () => {
  const { folder } = project(`{ team: { type: 'webhok', url: 'http://x' } }`)
  const { code, stderr } = await dayshift(folder, ['freshness', join(folder, 'data.csv')])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^warn nobody is told: .*sinks\.team: expected type: 'webhook'/)
  expect((await dayshift(folder, ['freshness', join(folder, 'data.csv'), '--strict-sinks'])).code).toBe(4)
  expect((await dayshift(folder, ['freshness', join(folder, 'data.csv'), '--no-sinks'])).stderr).toBe('')
})

test('stopped while a sink does not answer, it ends at once, and the alert comes again', async () => {
  const hook = await webhook(() => undefined)
  const { folder } = project(`{ silent: { type: 'webhook', url: '${hook.url}' } }`)
  const { code, stderr } = await process(folder, ['run'], { signalWhen: [() => hook.bodies.length > 0, 'SIGINT'] })
  expect(code).toBe(130)
  expect(stderr).not.toContain('    at ')
  hook.state.answer = (response) => response.end()
  await dayshift(folder, ['run'])
  expect(hook.told()).toEqual(['fire freshness.stale', 'fire freshness.stale'])
  const [first, second] = hook.bodies.map(({ alerts }) => alerts[0])
  expect([second?.fingerprint, second?.startsAt]).toEqual([first?.fingerprint, first?.startsAt])
})

test('alerts test says what came back; alerts mute keeps an alert quiet', async () => {
  const hook = await webhook()
  const { folder } = project(
    `{ team: { type: 'webhook', url: '${hook.url}' }, gone: { type: 'webhook', url: '\${env:X}' } }`,
  )
  const tested = await dayshift(folder, ['alerts', 'test'])
  expect(tested.code).toBe(3)
  expect(tested.stderr).toContain('DS_ALERTS_TEST: the test did not reach gone')
  expect(tested.stdout).toBe('✔ team took it\n✗ gone: the environment has no X\n  Set X, or pass --no-sinks.\n')
  expect(hook.told()).toEqual(['fire dayshift.test', 'resolve dayshift.test'])
  expect((await dayshift(folder, ['alerts', 'test', 'nobody'])).stderr).toContain('Its sinks: team, gone.')
  await dayshift(folder, ['run', '-q'], { env: { X: 'http://127.0.0.1:1' } })
  const listed = await printed(folder, 'alerts', 'list')
  const key = String(listed.result?.alerts[0]?.['key'])
  expect((await dayshift(folder, ['alerts', 'mute', key.slice(0, 5), '--until', '8h'])).stdout).toMatch(
    /^orders: freshness\.stale is muted until \d{4}-\d\d-\d\dT\d\d:\d\dZ\n$/,
  )
  expect((await dayshift(folder, ['alerts'])).stdout).toContain('muted')
  expect((await dayshift(folder, ['alerts', 'mute', 'zz', '--off'])).stderr).toContain('DS_ALERT_UNKNOWN')
  expect((await dayshift(folder, ['alerts', 'mute', key, '--until', '2020-01-01'])).code).toBe(2)
})

test('a command behind -- is told of before it starts, whether or not it does', { timeout: 180_000 }, async () => {
  const hook = await webhook()
  const { folder, age } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`, 'alerts: { resolveAfter: 1 },')
  const gate = (...flags: string[]): Promise<Ran> =>
    process(folder, ['freshness', 'orders', ...flags, '--', 'true', 'x@1', '-'])
  const refused = await gate()
  expect([refused.code, hook.told()]).toEqual([1, ['fire freshness.stale']])
  expect(refused.stderr).toContain('true was not started')
  age(0)
  expect([(await gate()).code, hook.told()]).toEqual([0, ['fire freshness.stale', 'resolve freshness.stale']])
  // What is not there is told once, and not once more as the error that it also is.
  writeFileSync(
    join(folder, 'dayshift.config.ts'),
    readFileSync(join(folder, 'dayshift.config.ts'), 'utf8').replace("source: 'data.csv'", "source: 'none.csv'"),
  )
  const missing = await process(folder, ['freshness', 'orders', '--', 'true'])
  expect([missing.code, hook.told().slice(2)]).toEqual([3, ['fire freshness.missing']])
  hook.state.answer = (response) => response.writeHead(403).end()
  const strict = await process(folder, [
    'freshness',
    '--sink',
    `${hook.url}/other`,
    '--strict-sinks',
    'data.csv',
    '--max-age',
    '1s',
    '--',
    'true',
  ])
  expect(strict.code).toBe(4)
})

test('with --watch each check is a look: an alert fires once, and is over once', async () => {
  const hook = await webhook()
  const { folder, age } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`, 'alerts: { resolveAfter: 3 },')
  let looks = 0
  const mended = (): boolean => {
    // Some looks at old data first.
    if (hook.told().length === 1 && ++looks === 3) age(0)
    return hook.told().length === 2
  }
  const { code } = await process(folder, ['freshness', '--watch', '--every', '20ms'], {
    signalWhen: [mended, 'SIGINT'],
  })
  expect([code, hook.told()]).toEqual([130, ['fire freshness.stale', 'resolve freshness.stale']])
})

test('a torn file is one alert, whichever habits come upon it', async () => {
  const hook = await webhook()
  const { folder, data } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`, 'alerts: { resolveAfter: 1 },')
  const config = join(folder, 'dayshift.config.ts')
  const text = readFileSync(config, 'utf8').replace("'data.csv'", "'data.json'")
  writeFileSync(config, text.replace('prototype: false,', ''))
  const json = data.replace('.csv', '.json')
  writeFileSync(json, '[{"a":1},{"a":')
  for (const words of [['run', '-q'], ['freshness', 'orders'], ['freshness'], ['run', '-q']]) {
    expect((await dayshift(folder, words)).code).toBe(3)
  }
  expect(hook.told()).toHaveLength(1)
  writeFileSync(json, '[{"a":1},{"a":2}]')
  await dayshift(folder, ['run', '-q'])
  expect(hook.told().map((told) => told.split(' ')[0])).toEqual(['fire', 'resolve'])
})

test('a bad cell, and a column without a time, are alerts', async () => {
  const hook = await webhook()
  const { folder, data } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  const config = join(folder, 'dayshift.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace("maxAge: '24h'", "maxAge: '24h', column: 'at'"))
  writeFileSync(data, `at\n${new Date().toISOString()}\nsoon\n`)
  expect((await dayshift(folder, ['freshness', 'orders'])).code).toBe(1)
  writeFileSync(data, 'at,b\n,1\n,2\n')
  expect((await dayshift(folder, ['freshness', 'orders'])).code).toBe(1)
  expect(hook.told()).toEqual(['fire freshness.bad_times', 'fire freshness.no_times'])
  expect(hook.bodies[0]?.alerts[0]?.annotations['summary']).toContain('line 3: "soon"')
})

test('a column that is renamed at night is an alert, once', async () => {
  const hook = await webhook()
  const { folder, data } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  const config = join(folder, 'dayshift.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace("maxAge: '24h'", "maxAge: '24h', column: 'updated_at'"))
  writeFileSync(data, `updated\n${new Date().toISOString()}\n`)
  for (const words of [['freshness', 'orders'], ['freshness'], ['run', '-q']]) {
    expect((await dayshift(folder, words)).code).toBe(1)
  }
  expect(hook.told()).toEqual(['fire freshness.no_column'])
  expect(hook.bodies[0]?.alerts[0]?.annotations['summary']).toContain("(did you mean 'updated'?)")
})

test('a state of alerts that nobody can read or write spams nobody, and changes no verdict', async () => {
  const hook = await webhook()
  const { folder } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  const own = join(folder, '.dayshift')
  const env = { XDG_STATE_HOME: join(folder, 'state') }
  mkdirSync(join(own, 'alerts.json'), { recursive: true })
  const looks = [
    await dayshift(folder, ['freshness', 'orders'], { env }),
    await dayshift(folder, ['freshness', 'orders'], { env }),
  ]
  expect(looks.map(({ code, stderr }) => [code, stderr.includes('alerts.json.damaged-')])).toEqual([
    [1, true],
    [1, false],
  ])
  rmSync(own, { recursive: true })
  writeFileSync(own, '')
  for (const _ of looks) {
    const { code, stderr } = await dayshift(folder, ['freshness', 'orders'], { env })
    expect([code, stderr.includes('who was told is kept in')]).toEqual([1, true])
  }
  expect((await dayshift(folder, ['alerts'], { env })).stdout).toContain('freshness.stale')
  // Once as the state was put aside, and once as it was removed.
  expect(hook.told()).toEqual(['fire freshness.stale', 'fire freshness.stale'])
})

test('one source that cannot be looked at hides no other, and is told', async () => {
  const hook = await webhook()
  const { folder } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  const config = join(folder, 'dayshift.config.ts')
  const text = readFileSync(config, 'utf8')
  writeFileSync(config, text.replace('datasets: {', "datasets: { page: { source: 'https://127.0.0.1/a.csv' },"))
  const { code, stderr } = await dayshift(folder, ['freshness'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('page: ')
  expect(hook.told().sort()).toContain('fire freshness.stale')
})

test('a damaged file of alerts is told, how it is mended too, and nothing that it holds is lost', async () => {
  const hook = await webhook()
  const { folder } = project(`{ team: { type: 'webhook', url: '${hook.url}' } }`)
  await dayshift(folder, ['run', '-q'])
  const path = join(folder, '.dayshift', 'alerts.json')
  const whole = readFileSync(path, 'utf8')
  const torn = whole.slice(0, 90)
  writeFileSync(path, torn)
  for (const words of [['alerts'], ['alerts', 'mute', '3f', '--until', '8h']]) {
    const { code, stdout, stderr } = await dayshift(folder, words)
    expect([code, stdout.includes('no alert fires')]).toEqual([3, false])
    expect(stderr).toContain('is damaged')
    // Who only looks leaves it as it is.
    expect(readFileSync(path, 'utf8')).toBe(torn)
  }
  expect((await dayshift(folder, ['alerts'])).stderr).toContain('Bring it back from a copy.')
  // Torn at its end, what is whole in it goes on: nobody is told again.
  writeFileSync(path, whole.slice(0, -4))
  expect((await dayshift(folder, ['alerts'])).stdout).toContain('freshness.stale')
  await dayshift(folder, ['run', '-q'])
  expect(hook.told()).toEqual(['fire freshness.stale'])
  const after = await dayshift(folder, ['alerts'])
  expect([after.code, after.stderr]).toEqual([0, expect.stringContaining('1 damaged file of alerts was put aside')])
})

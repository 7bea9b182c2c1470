import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { dayshift, newFolder, type Ran } from './cli.ts'

interface Event {
  readonly eventType: string
  readonly run: { readonly runId: string; readonly facets: Record<string, Record<string, unknown>> }
  readonly job: { readonly namespace: string; readonly name: string }
  readonly inputs: readonly { readonly name: string }[]
  readonly outputs: readonly { readonly name: string; readonly outputFacets?: Record<string, object> }[]
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A lineage server; where it is down, it listens on its port only from `start` on. */
async function lineageServer(
  port = 0,
): Promise<{ readonly url: string; readonly events: Event[]; status: number; stop(): Promise<void> }> {
  const state = { status: 201 }
  const events: Event[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      if (state.status < 300) events.push(JSON.parse(body) as Event)
      response.writeHead(state.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  closing.push(() => void stop())
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, events, stop })
}

const types = (events: readonly Event[]): string[] => events.map(({ eventType }) => eventType)

function logged(folder: string): Event[] {
  const path = join(folder, 'metadata_log.jsonl')
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
}

/** A file of the only spool in a folder. */
function inSpool(folder: string, file: string): string {
  const spool = join(folder, '.dayshift', 'spool')
  const [only = '', ...others] = readdirSync(spool)
  expect(others).toEqual([])
  return readFileSync(join(spool, only, file), 'utf8')
}

function project(): string {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.csv'), 'id\n1\n2\n')
  writeFileSync(
    join(folder, 'dayshift.config.mjs'),
    "export default { name: 'airports', datasets: { a: { source: 'a.csv', version: false, register: false, freshness: false } } }\n",
  )
  return folder
}

describe('a server that is configured', () => {
  test('gets what the log gets, with the run that started it', async () => {
    const [folder, server] = [project(), await lineageServer()]
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'openlineage.yml'), `transport: {type: http, url: "${server.url}"}`)
    const env = { OPENLINEAGE_PARENT_ID: 'airflow/daily/01936b5c-8c00-7a31-b1c2-3d4e5f607182' }
    const { code, stdout } = await dayshift(
      join(folder, 'sub'),
      ['log', '../a.csv', '--origin', 's3://lake/a.csv', '-v'],
      { env },
    )
    expect(code).toBe(0)
    expect(stdout).toContain('delivered to file, http')
    expect(types(server.events)).toEqual(['START', 'COMPLETE'])
    expect(server.events[0]?.run.facets['parent']).toMatchObject({ job: { namespace: 'airflow', name: 'daily' } })
    expect((await dayshift(folder, ['run'])).code).toBe(0)
    expect(types(server.events).slice(2)).toEqual(['START', 'COMPLETE'])
    expect(logged(folder)).toHaveLength(4)
    expect(existsSync(join(folder, '.dayshift', 'spool'))).toBe(false)
  })

  test('and is down for the whole run: exit 0; afterwards events are sent, in order and once', async () => {
    const [folder, server] = [project(), await lineageServer()]
    const env = { OPENLINEAGE_URL: server.url }
    await server.stop()
    const run = await dayshift(folder, ['run', '--json'], { env })
    expect(run.code).toBe(0)
    const log = await dayshift(folder, ['log', 'a.csv', '--origin', 's3://lake/a.csv'], { env })
    expect(log.code).toBe(0)
    expect(log.stdout).toMatch(/2 events wait to be sent: .*ECONNREFUSED/)
    const { reports } = JSON.parse(run.stdout) as {
      reports: { kind: string; facts: { delivered?: string[]; spooled?: number } }[]
    }
    expect(reports.find(({ kind }) => kind === 'log')?.facts).toMatchObject({ delivered: ['file'], spooled: 1 })

    const early = await dayshift(folder, ['lineage', 'send'], {
      env: { ...env, OPENLINEAGE__TRANSPORT__TRANSPORTS__DEFAULT_HTTP__RETRY: '{"total": 0}' },
    })
    expect(early.code).toBe(3)
    expect(early.stdout).toContain('http: 0 events sent, 4 left')
    expect(early.stderr).toContain('DS_LINEAGE_WAITING: 4 events still wait')

    const back = await lineageServer(Number(new URL(server.url).port))
    const sent = await dayshift(folder, ['lineage', 'send'], { env })
    expect(sent).toMatchObject({ code: 0, stdout: 'http: 4 events sent\n' })
    expect(back.events.map(({ eventType, run: { runId } }) => [runId, eventType])).toEqual(
      logged(folder).map(({ eventType, run: { runId } }) => [runId, eventType]),
    )
    const again = await dayshift(folder, ['lineage', 'send'], { env })
    expect(again).toMatchObject({ code: 0, stdout: 'no event waits\n' })
    expect(back.events).toHaveLength(4)
  })

  test('and refuses an event: it is told, kept aside, and the exit code stays', async () => {
    const [folder, server] = [project(), await lineageServer()]
    server.status = 422
    const { code, stdout } = await dayshift(folder, ['log', 'a.csv', '--origin', 'x'], {
      env: { OPENLINEAGE_URL: server.url },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('answers 422')
    expect(inSpool(folder, 'rejected.jsonl')).toContain('"START"')
  })

  test('and is configured no more: what waits is told', async () => {
    const [folder, server] = [project(), await lineageServer()]
    await server.stop()
    await dayshift(folder, ['log', 'a.csv', '--origin', 'x'], { env: { OPENLINEAGE_URL: server.url } })
    const none = await dayshift(folder, ['lineage', 'send', '--json'])
    expect(none.code).toBe(3)
    expect(JSON.parse(none.stdout)).toMatchObject({
      result: {
        transports: [
          {
            transport: expect.stringMatching(/^http-\w{8}$/) as string,
            left: 2,
            reason: `no such transport is configured: they are for ${server.url}/api/v1/lineage`,
          },
        ],
      },
    })
    const off = await dayshift(folder, ['lineage', 'send'], { env: { OPENLINEAGE_DISABLED: 'true' } })
    expect(off.stdout).toContain('OPENLINEAGE_DISABLED switches all off')
  })

  test('wrongly: the pipeline goes on, the log is kept, and the warning tells no value', async () => {
    const env = { OPENLINEAGE__TRANSPORT: '{"type": "http", "url": "hunter22", "tiemout": 1}' }
    const problem =
      'OPENLINEAGE__TRANSPORT › tiemout is not known; did you mean timeout?; OPENLINEAGE__TRANSPORT › url is no address of http or https'
    for (const words of [['log', 'a.csv', '--origin', 'x'], ['run']]) {
      const folder = project()
      const { code, stdout, stderr } = await dayshift(folder, words, { env })
      expect(code).toBe(0)
      expect(stdout).toContain('No server gets the events, the log in the project does:')
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(problem)
      expect(stdout + stderr).not.toContain('hunter22')
      expect(types(logged(folder))).toEqual(['START', 'COMPLETE'])
    }
  })

  test('wrongly: what is asked about it says so', async () => {
    const folder = project()
    writeFileSync(join(folder, 'openlineage.yml'), 'transport: &t\n  type: composite\n  transports: [*t]\n')
    const sent = await dayshift(folder, ['lineage', 'send'])
    expect(sent.code).toBe(2)
    expect(sent.stderr).toContain('DS_LINEAGE_CONFIG')
    expect(sent.stderr).toContain('openlineage.yml › transport holds itself')
    const doctor = await dayshift(folder, ['doctor', '--json'])
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('DS_LINEAGE_CONFIG')
    const log = await dayshift(folder, ['log', 'a.csv', '--origin', 'x', '--json'])
    expect(JSON.parse(log.stdout)).toMatchObject({
      status: 'warn',
      exitCode: 0,
      reports: [{ facts: { delivered: ['file'] }, findings: [{ severity: 'warn', code: 'log.no_server' }] }],
    })
    writeFileSync(
      join(folder, 'openlineage.yml'),
      'transport: {type: transform, transformer_class: gone, transport: {type: console}}',
    )
    expect((await dayshift(folder, ['doctor'])).stdout.replaceAll(/\s+/g, ' ')).toContain(
      'transformer_class names gone',
    )
  })

  test('and is switched off: that is told, and the log is kept', async () => {
    const folder = project()
    const env = { OPENLINEAGE_URL: 'http://127.0.0.1:1', OPENLINEAGE_DISABLED: 'true' }
    for (const words of [
      ['log', 'a.csv', '--origin', 'x'],
      ['run', '-v'],
    ]) {
      const { code, stdout } = await dayshift(folder, words, { env })
      expect(code).toBe(0)
      expect(stdout).toContain('OPENLINEAGE_DISABLED is true: no server gets the events')
    }
    expect(types(logged(folder))).toEqual(['START', 'COMPLETE', 'START', 'COMPLETE'])
    expect(existsSync(join(folder, '.dayshift', 'spool'))).toBe(false)
  })
})

test('inputs that are not there are told', async () => {
  const folder = project()
  writeFileSync(
    join(folder, 'gone.csv.dvc'),
    'outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  path: gone.csv\n',
  )
  const words = ['log', 'a.csv', '--origin', 'x', '--inputs', 'a.csv,*.csv,s3://lake/b.csv,misspelt.csv', '--json']
  const { code, stdout } = await dayshift(folder, words)
  expect(code).toBe(0)
  const { reports } = JSON.parse(stdout) as { reports: { findings: { code: string; message: string }[] }[] }
  expect(reports[0]?.findings).toHaveLength(1)
  expect(reports[0]?.findings[0]).toMatchObject({
    code: 'log.input_missing',
    message: expect.stringContaining(`--inputs names ${join(folder, 'misspelt.csv')}`) as string,
  })
  const wrapped = await dayshift(folder, ['lineage', 'wrap', '--inputs', 'misspelt.csv', '--', 'true'])
  expect(wrapped).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('misspelt.csv, which is not there') as string,
  })
})

const wrap = (folder: string, words: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  dayshift(folder, ['lineage', 'wrap', ...words], { env })

describe('lineage wrap', () => {
  test('a command that ends well is START and COMPLETE, and its output is its own', async () => {
    const folder = project()
    const script = 'cat a.csv > b.csv; echo out; echo err >&2; echo "$OPENLINEAGE_PARENT_ID"'
    const { code, stdout, stderr } = await wrap(folder, [
      '--inputs',
      'a.csv,s3://lake/x',
      '--outputs',
      'b.csv',
      '--',
      'sh',
      '-c',
      script,
    ])
    expect(code).toBe(0)
    const [start, complete] = logged(folder)
    expect(stdout).toBe(`out\nairports/sh/${start?.run.runId}\n`)
    expect(stderr).toBe('err\n')
    expect([start?.eventType, complete?.eventType]).toEqual(['START', 'COMPLETE'])
    expect(complete?.run.runId).toBe(start?.run.runId)
    expect(complete?.job).toMatchObject({ namespace: 'airports', name: 'sh' })
    expect(complete?.inputs.map(({ name }) => name)).toEqual([join(folder, 'a.csv'), 'x'])
    expect(complete?.outputs[0]).toMatchObject({
      name: join(folder, 'b.csv'),
      outputFacets: { outputStatistics: { size: 7 } },
    })
  })

  test('its exit code is handed through, and is FAIL', async () => {
    const folder = newFolder()
    const { code, stderr } = await wrap(folder, ['--job', 'nightly', '--', 'sh', '-c', 'exit 7'], {
      OPENLINEAGE_NAMESPACE: 'ns',
    })
    expect([code, stderr]).toEqual([7, ''])
    const [, fail] = logged(folder)
    expect(fail).toMatchObject({ eventType: 'FAIL', job: { namespace: 'ns', name: 'nightly' } })
    expect(fail?.run.facets['errorMessage']).toMatchObject({ message: 'sh ended with exit code 7' })
    expect(fail?.run.facets['errorMessage']?.['stackTrace']).toBeUndefined()
  })

  test('a command that cannot be started ends as a shell has it, and is FAIL', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'plain'), '')
    chmodSync(join(folder, 'plain'), 0o644)
    expect(await wrap(folder, ['--', 'no-such-program'])).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('not found') as string,
    })
    expect((await wrap(folder, ['--', './plain'])).code).toBe(126)
    expect(types(logged(folder))).toEqual(['START', 'FAIL', 'START', 'FAIL'])
  })

  test.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('%s is passed on, and is ABORT', async (signal, exitCode) => {
    const folder = newFolder()
    const ready = (): boolean => existsSync(join(folder, 'ready'))
    const script = [
      '--',
      process.execPath,
      '-e',
      "require('fs').writeFileSync('ready', ''); setTimeout(() => undefined, 60_000)",
    ]
    const { code } = await dayshift(folder, ['lineage', 'wrap', ...script], { signalWhen: [ready, signal] })
    expect(code).toBe(exitCode)
    expect(types(logged(folder))).toEqual(['START', 'ABORT'])
  })

  test('a command that heeds the signal and ends well has its way', async () => {
    const folder = newFolder()
    const script = `process.on('SIGTERM', () => process.exit(Number(process.argv[1]))); require('fs').writeFileSync('ready', ''); setTimeout(() => undefined, 60_000)`
    for (const code of ['0', '9']) {
      rmSync(join(folder, 'ready'), { force: true })
      const ready = (): boolean => existsSync(join(folder, 'ready'))
      const ran = await dayshift(folder, ['lineage', 'wrap', '--', process.execPath, '-e', script, code], {
        signalWhen: [ready, 'SIGTERM'],
      })
      expect(ran.code).toBe(Number(code))
    }
    expect(types(logged(folder))).toEqual(['START', 'COMPLETE', 'START', 'ABORT'])
  })

  test('a command that ignores SIGTERM, and ends well, is COMPLETE', async () => {
    const folder = newFolder()
    const script = `trap '' TERM; touch ready; while [ ! -e told ]; do sleep 0.02; done; exit 0`
    const ready = (): boolean => existsSync(join(folder, 'ready'))
    const running = dayshift(folder, ['lineage', 'wrap', '--', 'sh', '-c', script], { signalWhen: [ready, 'SIGTERM'] })
    while (!ready()) await sleep(20)
    await sleep(200)
    writeFileSync(join(folder, 'told'), '')
    expect((await running).code).toBe(0)
    expect(types(logged(folder))).toEqual(['START', 'COMPLETE'])
  })

  test.each<[NodeJS.Signals, number]>([
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
    ['SIGUSR1', 138],
    ['SIGUSR2', 140],
  ])('%s is passed on: what it ends is ABORT, what heeds it goes on', async (signal, exitCode) => {
    const folder = newFolder()
    const ready = (): boolean => existsSync(join(folder, 'ready'))
    const wait = 'touch ready; while [ ! -e told ]; do sleep 0.02; done'
    const [ended, heeded, failed] = [
      wait,
      `trap 'touch told' ${signal.slice(3)}; ${wait}`,
      `trap 'touch told' ${signal.slice(3)}; ${wait}; exit 5`,
    ]
    for (const [script, code] of [
      [ended, exitCode],
      [heeded, 0],
      [failed, 5],
    ] as const) {
      for (const file of ['ready', 'told']) rmSync(join(folder, file), { force: true })
      const words = ['lineage', 'wrap', '--job', 'x', '--', 'sh', '-c', script]
      const ran = await dayshift(folder, words, { signalWhen: [ready, signal] })
      expect(ran).toMatchObject({ code, stderr: '' })
    }
    // SIGUSR1 and SIGUSR2 ask nobody to end: what fails after them has failed.
    const asked = signal.startsWith('SIGUSR') ? 'FAIL' : 'ABORT'
    expect(types(logged(folder))).toEqual(['START', 'ABORT', 'START', 'COMPLETE', 'START', asked])
  })

  test('killed from outside, it is FAIL', async () => {
    const folder = newFolder()
    expect((await wrap(folder, ['--', 'sh', '-c', 'kill -9 $$'])).code).toBe(137)
    expect(types(logged(folder))).toEqual(['START', 'FAIL'])
  })

  test('trouble with lineage is told, and changes nothing', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'metadata_log.jsonl'))
    writeFileSync(join(folder, 'openlineage.yml'), 'transport: [')
    writeFileSync(join(folder, 'dayshift.config.mjs'), 'export default {')
    const { code, stdout, stderr } = await wrap(folder, ['--', 'sh', '-c', 'echo out; exit 3'])
    expect([code, stdout]).toEqual([3, 'out\n'])
    expect(stderr).toMatch(/warn {2}lineage: .*dayshift\.config\.mjs/)
    expect(stderr).toMatch(/warn {2}lineage: .*is no YAML/)
    expect(stderr).toMatch(/warn {2}lineage: .*metadata_log\.jsonl/)
  })

  test('a server that never answers costs little, and gets the events later', async () => {
    const folder = newFolder()
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      silent.closeAllConnections()
      silent.close()
    })
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const began = Date.now()
    expect((await wrap(folder, ['--', 'true'], { OPENLINEAGE_URL: url })).code).toBe(0)
    expect(Date.now() - began).toBeLessThan(8000)
    expect(types(logged(folder))).toEqual(['START', 'COMPLETE'])
    expect(inSpool(folder, 'events.jsonl').trimEnd().split('\n')).toHaveLength(2)
  })

  test('words that are wrong are refused before anything is run', async () => {
    const folder = newFolder()
    for (const words of [
      [],
      ['--job', 'a/b', '--', 'touch', 'x'],
      ['--job', ' ', '--', 'touch', 'x'],
      ['--json', '--', 'touch', 'x'],
    ]) {
      expect((await wrap(folder, words)).code).toBe(2)
    }
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })

  test('input goes to the command', async () => {
    const folder = newFolder()
    const program = join(import.meta.dirname, '..', 'bin', 'dayshift.js')
    const child = spawn(process.execPath, [program, 'lineage', 'wrap', '--', 'cat'], { cwd: folder })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
    child.stdin.end('hello')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(printed).toBe('hello')
  })
})

import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { AlertNotice, Observation } from '../../src/alerts/alert.ts'
import { muteAlert } from '../../src/alerts/mute.ts'
import { notify } from '../../src/alerts/notify.ts'
import { filesSetAside, readAlertState } from '../../src/alerts/state-file.ts'
import { canonicalJson } from '../../src/canonical-json.ts'
import type { Sink } from '../../src/sink.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()
let files = 0

/** Another process runs what is built. */
const built = pathToFileURL(join(import.meta.dirname, '../../dist/alerts/notify.js')).href

/** The file of a state that is not there yet. */
function fresh(): string {
  return join(folder.path, `state-${++files}`, 'alerts.json')
}

function bad(...columns: string[]): Observation {
  const findings = columns.map(
    (column) => ({ severity: 'error', code: 'validate.failed', column, message: 'bad' }) as const,
  )
  return { dataset: 'weather', kind: 'validate', uri: 'file:///weather.csv', findings }
}

/** A sink that keeps what it is told, as long as `takes` lets it. */
function pager(name = 'pager', takes: () => boolean = () => true) {
  const told: AlertNotice[] = []
  const alert = async (notices: readonly AlertNotice[]): Promise<void> => {
    if (!takes()) throw new Error('down')
    told.push(...notices)
  }
  return {
    sink: { name, alert } satisfies Sink,
    told,
    events: () => told.map(({ event, column }) => `${event} ${column}`),
  }
}

const rules = { resolveAfter: 1 }

test('what is new is told once; the folder is made; where there is nothing to tell, no file is', async () => {
  const path = fresh()
  const { sink, events } = pager()
  expect(await notify([bad()], [sink], { path })).toEqual({
    sinks: [{ sink: 'pager', given: 0, taken: 0 }],
    findings: [],
  })
  expect(existsSync(path)).toBe(false)
  expect(await notify([bad('a')], [sink], { path })).toEqual({
    sinks: [{ sink: 'pager', given: 1, taken: 1 }],
    findings: [],
  })
  await notify([bad('a')], [sink], { path })
  await notify([bad('a', 'b')], [sink], { path })
  await notify([bad('b')], [sink], { path, rules })
  expect(events()).toEqual(['fire a', 'fire b', 'resolve a'])
  expect(readdirSync(join(path, '..'))).toEqual(['alerts.json'])
})

test('a sink that fails hears again the next time, and the others do not', async () => {
  const path = fresh()
  let isUp = false
  const failing = pager('failing', () => isUp)
  const { sink, events } = pager()
  const first = await notify([bad('a')], [failing.sink, sink], { path })
  expect(first.sinks).toMatchObject([
    { sink: 'failing', given: 1, taken: 0, error: { code: 'DS_SINK_FAILED', message: 'failing: down' } },
    { sink: 'pager', given: 1, taken: 1 },
  ])
  isUp = true
  // Not even a look is needed.
  await notify([], [failing.sink, sink], { path })
  expect(failing.events()).toEqual(['fire a'])
  expect(events()).toEqual(['fire a'])
})

test('killed after sending and before writing, it sends again: the same key, beginning and event', async () => {
  const path = fresh()
  const { sink, told } = pager()
  let before = ''
  const spying: Sink = {
    name: 'pager',
    alert: async (notices) => {
      before = readFileSync(path, 'utf8')
      await sink.alert(notices)
    },
  }
  await notify([bad('a')], [spying], { path, clock: () => new Date('2026-11-23T00:00:00Z') })
  writeFileSync(path, before)
  await notify([bad('a')], [sink], { path, clock: () => new Date('2026-11-23T01:00:00Z') })
  const identities = told.map(({ key, startsAt, event }) => `${key} ${startsAt} ${event}`)
  expect(identities).toHaveLength(2)
  expect(new Set(identities).size).toBe(1)
})

test.each<[string, (text: string) => string, number]>([
  ['torn within the last alert', (text) => text.slice(0, -40), 1],
  ['torn at once', (text) => text.slice(0, 90), 0],
  ['of NUL bytes', (text) => '\0'.repeat(text.length), 0],
  ['empty', () => '', 0],
  ['not JSON', () => '<<<<<<< ours', 0],
  ['of something else', () => '{"alerts":[]}', 0],
  ['null', () => 'null', 0],
  ['with one alert broken', (text) => text.replace('"state": "firing"', '"state": "on fire"'), 1],
])('a file that is %s is put aside, told, and no alert is lost', async (_what, spoil, kept) => {
  const path = fresh()
  const { sink, told } = pager()
  await notify([bad('a', 'b')], [sink], { path })
  const spoiled = spoil(readFileSync(path, 'utf8'))
  writeFileSync(path, spoiled)
  const { findings } = await notify([bad('a', 'b')], [sink], { path })
  expect(findings).toMatchObject([{ severity: 'warn', code: 'alerts.set_aside' }])
  expect(told).toHaveLength(4 - kept)
  const aside = readdirSync(join(path, '..')).find((name) => name.includes('damaged'))
  expect(readFileSync(join(path, '..', String(aside)), 'utf8')).toBe(spoiled)
  expect((await readAlertState(path)).state.size).toBe(2)
})

test('what a newer dayshift wrote is left as it is, and an error', async () => {
  const path = fresh()
  const { sink, told } = pager()
  await notify([bad('a')], [sink], { path })
  const newer = readFileSync(path, 'utf8').replace('"version": 1', '"version": 2')
  writeFileSync(path, newer)
  expect(await notify([bad('a', 'b')], [sink], { path })).toMatchObject({
    sinks: [{ sink: 'pager', error: { code: 'DS_ALERT_STATE' } }],
  })
  expect(readFileSync(path, 'utf8')).toBe(newer)
  expect(told).toHaveLength(1)
})

test('where the file cannot be written all is told as if nothing was known, and that is told', async () => {
  const path = join(folder.write(`file-${++files}`, ''), 'alerts.json')
  const { sink, events } = pager()
  const { findings, sinks } = await notify([bad('a')], [sink], { path })
  expect(findings).toMatchObject([{ code: 'alerts.not_kept' }])
  expect(sinks).toEqual([{ sink: 'pager', given: 1, taken: 1 }])
  expect(events()).toEqual(['fire a'])
})

test('a folder in place of the file is put aside, and all is told once', async () => {
  const path = fresh()
  mkdirSync(join(path, 'within'), { recursive: true })
  const { sink, events } = pager()
  const first = await notify([bad('a')], [sink], { path })
  expect(first.findings).toMatchObject([{ code: 'alerts.set_aside', message: expect.stringContaining('cannot read') }])
  expect((await notify([bad('a')], [sink], { path })).findings).toEqual([])
  expect(events()).toEqual(['fire a'])
  const [aside] = await filesSetAside(path)
  expect(readdirSync(aside as string)).toEqual(['within'])
})

test('where no file can be made, the fallback keeps who was told, and gives it back', async () => {
  const inTheWay = folder.write(`file-${++files}`, '')
  const path = join(inTheWay, 'alerts.json')
  const fallback = join(folder.path, `elsewhere-${files}`, 'alerts.json')
  const { sink, events } = pager()
  const first = await notify([bad('a')], [sink], { path, fallback })
  expect(first).toMatchObject({ sinks: [{ given: 1, taken: 1 }], findings: [{ code: 'alerts.kept_elsewhere' }] })
  expect((await notify([bad('a', 'b')], [sink], { path, fallback })).findings).toHaveLength(1)
  expect(events()).toEqual(['fire a', 'fire b'])
  rmSync(inTheWay)
  expect((await notify([bad('a')], [sink], { path, fallback, rules })).findings).toEqual([])
  expect(events()).toEqual(['fire a', 'fire b', 'resolve b'])
  expect([existsSync(fallback), (await readAlertState(path)).state.size]).toEqual([false, 2])
  await notify([bad()], [sink], { path, fallback, rules })
  expect(events().slice(3)).toEqual(['resolve a'])
})

test.skipIf(process.getuid?.() === 0)('with a file that can be read only, the fallback goes on from it', async () => {
  const path = fresh()
  const fallback = join(folder.path, `elsewhere-${files}`, 'alerts.json')
  const { sink, events } = pager()
  await notify([bad('a')], [sink], { path })
  chmodSync(join(path, '..'), 0o555)
  await notify([bad('a', 'b')], [sink], { path, fallback })
  await notify([bad('b')], [sink], { path, fallback, rules })
  chmodSync(join(path, '..'), 0o755)
  await notify([bad('b')], [sink], { path, fallback, rules })
  expect(events()).toEqual(['fire a', 'fire b', 'resolve a'])
})

/** What an older dayshift called an alert: each habit's own, whatever the trouble was. */
function oldKey(identity: object): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16)
}

function torn(kind: 'freshness' | 'validate', code: string): Observation {
  const findings = [{ severity: 'error', code, message: 'torn' } as const]
  return { dataset: 'weather', kind, uri: 'file:///weather.csv', findings }
}

test('an alert that has an old key fires no second time, and is over by that key', async () => {
  const path = fresh()
  const { sink, told } = pager()
  await notify([torn('freshness', 'freshness.unreadable')], [sink], { path })
  const file = JSON.parse(readFileSync(path, 'utf8')) as { alerts: { key: string }[] }
  const [record] = file.alerts
  const [freshKey, validateKey] = (
    [
      ['freshness', 'freshness.unreadable'],
      ['validate', 'DS_SOURCE_MALFORMED'],
    ] as const
  ).map(([kind, code]) => oldKey({ dataset: 'weather', kind, code, severity: 'error' }))
  const alerts = [
    { ...record, key: freshKey },
    { ...record, key: validateKey, kind: 'validate', code: 'DS_SOURCE_MALFORMED' },
  ]
  writeFileSync(path, JSON.stringify({ ...file, alerts }))
  told.length = 0
  await notify([torn('freshness', 'freshness.unreadable'), torn('validate', 'DS_SOURCE_MALFORMED')], [sink], { path })
  expect(told).toEqual([])
  const good = { dataset: 'weather', uri: 'file:///weather.csv', findings: [] }
  await notify(
    [
      { ...good, kind: 'freshness' },
      { ...good, kind: 'validate' },
    ],
    [sink],
    { path, rules },
  )
  await notify(
    [
      { ...good, kind: 'freshness' },
      { ...good, kind: 'validate' },
    ],
    [sink],
    { path, rules },
  )
  expect(told.map(({ event, key }) => `${event} ${key}`).sort()).toEqual(
    [`resolve ${freshKey}`, `resolve ${validateKey}`].sort(),
  )
  await muteAlert(path, freshKey as string, new Date('2030-01-01'))
  expect((await readAlertState(path)).state.size).toBe(2)
})

test.skipIf(process.getuid?.() === 0)('a file that can be read only still says what was told', async () => {
  const path = fresh()
  const { sink, events } = pager()
  await notify([bad('a')], [sink], { path })
  chmodSync(join(path, '..'), 0o555)
  const { findings } = await notify([bad('a')], [sink], { path })
  chmodSync(join(path, '..'), 0o755)
  expect(findings).toMatchObject([{ code: 'alerts.not_kept' }])
  expect(events()).toEqual(['fire a'])
})

test('a sink that never ends is given up after its time; its alerts come again', async () => {
  const path = fresh()
  const endless: Sink = { name: 'endless', alert: () => new Promise(() => undefined) }
  const { sinks } = await notify([bad('a')], [endless], { path, patience: 50 })
  expect(sinks).toMatchObject([{ given: 1, taken: 0, error: { code: 'DS_SINK_UNREACHABLE' } }])
  const { sink, events } = pager('endless')
  await notify([], [sink], { path })
  expect(events()).toEqual(['fire a'])
})

test('asked to stop, it keeps what was observed, and sends nothing', async () => {
  const path = fresh()
  const { sink, told } = pager()
  const { sinks } = await notify([bad('a')], [sink], { path, signal: AbortSignal.abort() })
  expect(sinks).toMatchObject([{ sink: 'pager', error: { code: 'DS_ABORTED' } }])
  expect(told).toEqual([])
  expect((await readAlertState(path)).state.size).toBe(1)
})

test('many at once: each alert is told once, and none is lost', async () => {
  const path = fresh()
  const { sink, events } = pager()
  const columns = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(columns.map(async (column) => notify([{ ...bad(column), dataset: column }], [sink], { path })))
  expect(events().sort()).toEqual(columns.map((column) => `fire ${column}`))
})

test('two processes at once: each alert is told once', async () => {
  const path = fresh()
  const log = folder.write(`log-${++files}`, '')
  const script = folder.write(
    `worker-${files}.mjs`,
    `import { appendFileSync } from 'node:fs'
     import { notify } from ${JSON.stringify(built)}
     const sink = {
       name: 'log',
       alert: async (notices) =>
         appendFileSync(${JSON.stringify(log)}, notices.map(({ event, dataset }) => event + ' ' + dataset + '\\n').join('')),
     }
     for (let at = 0; at < 10; at++) {
       const findings = [{ severity: 'error', code: 'x', message: '' }]
       const observed = { dataset: String(at), kind: 'validate', uri: '', findings }
       const { findings: trouble } = await notify([observed], [sink], { path: ${JSON.stringify(path)} })
       if (trouble.length > 0) process.exitCode = 1
     }`,
  )
  const children = [0, 1].map(() => spawn(process.execPath, [script], { stdio: 'inherit' }))
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
  expect(codes).toEqual([0, 0])
  const lines = readFileSync(log, 'utf8').trim().split('\n').sort()
  expect(lines).toEqual(Array.from({ length: 10 }, (_, at) => `fire ${at}`))
})

function clueless(): boolean {
  throw new Error('no idea')
}

test('a sink that cannot say what it wants is told, and keeps the others from nothing', async () => {
  const odd = pager('odd')
  const { sink, events } = pager()
  await notify([bad('a')], [{ ...odd.sink, wants: clueless }, sink], { path: fresh() })
  expect([odd.events(), events()]).toEqual([['fire a'], ['fire a']])
})

test('two sinks of one name are wrong', async () => {
  const { sink } = pager()
  await expect(notify([], [sink, sink], { path: fresh() })).rejects.toMatchObject({ code: 'DS_OPTION' })
})

const isGone = ({ dataset }: { readonly dataset: string }): boolean => dataset === 'weather'

test('what nobody looks at any more is over, after as many looks', async () => {
  const path = fresh()
  const { sink, events } = pager()
  await notify([bad('a', 'b'), { ...bad('a'), dataset: 'other' }], [sink], { path })
  for (let run = 0; run < 3; run++) await notify([], [sink], { path, isGone })
  expect(events().sort()).toEqual(['fire a', 'fire a', 'fire b', 'resolve a', 'resolve b'])
})

test('sinks that take reports only are told of no alerts, and alerts are kept without any sink', async () => {
  const path = fresh()
  expect(await notify([bad('a')], [{ name: 'history', write: async () => undefined }], { path })).toEqual({
    sinks: [],
    findings: [],
  })
  const { sink, events } = pager()
  await notify([], [sink], { path })
  expect(events()).toEqual(['fire a'])
})

import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../src/event.ts'
import { outputOf } from '../src/event-dataset.ts'
import { sendSpool, spooled } from '../src/spool.ts'
import { eventHash } from '../src/spool/event-hash.ts'
import { spoolFolder } from '../src/spool/spool-folder.ts'
import { datasetEvent, jobEvent } from '../src/static-event.ts'
import { transportConformance } from '../src/testing.ts'
import { deliver } from '../src/transport.ts'
import { httpTransport } from '../src/transports/http.ts'
import { uuidv7 } from '../src/uuid.ts'
import { newFolder } from './folder.ts'
import { dataset, eventOf, job, memory, now } from './sample.ts'
import { freePort, lineageServer, type Turn } from './server.ts'

const retry = { total: 1, backoffFactor: 0.001 }
const types = (events: readonly RunEvent[]): string[] => events.map(({ eventType }) => eventType)
const rejectedIn = (folder: string): { reason: string; event: RunEvent }[] =>
  readFileSync(join(folder, 'rejected.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { reason: string; event: RunEvent })

const conformance = transportConformance(() => {
  const inner = memory()
  return { transport: spooled(inner, { folder: join(newFolder(), 'spool') }), received: () => inner.events }
})
// Asked to stop, it keeps the events for later.
test.each(conformance.filter(({ name }) => !name.startsWith('asked to stop')))('$name', ({ run }) =>
  expect(run()).resolves.toBeUndefined(),
)

test('where all is well there is no spool', async () => {
  const folder = join(newFolder(), 'spool')
  const server = await lineageServer()
  const transport = spooled(httpTransport({ url: server.url }), { folder })
  const runId = uuidv7()
  await transport.emit([eventOf('START', runId), eventOf('COMPLETE', runId)])
  await transport.close()
  expect(types(server.events)).toEqual(['START', 'COMPLETE'])
  expect(existsSync(folder)).toBe(false)
})

describe('a server that takes nothing', () => {
  test.each<[string, Turn | undefined]>([
    ['is not there', undefined],
    ['never answers', 'hang'],
    ['cuts the line', 'cut'],
    ['is busy', { status: 503, headers: { 'Retry-After': '60' } }],
    ['fails', 500],
    ['does not let us in', 401],
    ['has no such endpoint', 404],
  ])('that %s costs little time, and events wait', async (_, turn) => {
    const folder = join(newFolder(), 'a', 'spool')
    const server = await lineageServer()
    if (turn === undefined) await server.close()
    else server.always(turn)
    const transport = spooled(httpTransport({ url: server.url }), { folder, patience: 0.3 })
    const told: [number, string][] = []
    const began = Date.now()
    const events = [eventOf('START'), eventOf('START'), eventOf('START')]
    for (const event of events) await transport.emit([event], { onSpooled: (...words) => told.push(words) })
    await transport.close()
    expect(Date.now() - began).toBeLessThan(3000)
    expect(told).toHaveLength(3)
    expect(told[0]?.[1]).toMatch(/ECONNREFUSED|no answer|stopped|socket hang up|answers \d+/)
    expect(await transport.waiting()).toBe(3)
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toContain('*')
  })

  test('is asked once, then not for a while', async () => {
    const server = await lineageServer()
    server.always(503)
    const transport = spooled(httpTransport({ url: server.url }), { folder: newFolder(), pause: 1 })
    for (let at = 0; at < 5; at++) await transport.emit([eventOf('START')])
    expect(server.got).toHaveLength(1)
    await sleep(1050)
    server.always(201)
    await transport.emit([eventOf('START')])
    expect(server.events).toHaveLength(1)
    expect(await transport.waiting()).toBe(5)
    await transport.close()
    expect(server.events).toHaveLength(6)
    expect(await transport.waiting()).toBe(0)
  })
})

test('no event passes one of its run that waits; other runs go on', async () => {
  const server = await lineageServer()
  const [folder, runId] = [newFolder(), uuidv7()]
  const transport = spooled(httpTransport({ url: server.url }), { folder, pause: 0 })
  server.script('cut')
  await transport.emit([eventOf('START', runId)])
  await Promise.all([transport.emit([eventOf('RUNNING', runId)]), transport.emit([eventOf('COMPLETE', runId)])])
  expect(server.events).toEqual([])
  await transport.emit([eventOf('START')])
  expect(types(server.events)).toEqual(['START'])
  // Another process does not pass it either.
  const other = spooled(httpTransport({ url: server.url }), { folder })
  await other.emit([eventOf('OTHER', runId)])
  expect(server.events).toHaveLength(1)
  expect(await transport.send()).toEqual({ sent: 4, rejected: 0, left: 0 })
  const own = server.events.filter(({ run }) => run.runId === runId)
  expect(types(own)).toEqual(['START', 'RUNNING', 'OTHER', 'COMPLETE'])
  expect(readdirSync(folder).toSorted()).toEqual(['.gitignore'])
})

test('a transport that heeds no signal is not waited for', async () => {
  const inner = { ...memory(), emit: () => new Promise<void>(() => undefined) }
  const transport = spooled(inner, { folder: newFolder(), patience: 0.1 })
  const began = Date.now()
  await transport.emit([eventOf('START')])
  expect(Date.now() - began).toBeLessThan(2000)
  expect(await transport.waiting()).toBe(1)
})

async function fill(events: readonly RunEvent[]): Promise<string> {
  const folder = newFolder()
  await spoolFolder(folder).put(events)
  return folder
}

describe('sending what waits', () => {
  test('an empty spool, or none, is nothing to do', async () => {
    const folder = join(newFolder(), 'nothing')
    expect(await sendSpool(memory(), folder)).toEqual({ sent: 0, rejected: 0, left: 0 })
    expect(existsSync(folder)).toBe(false)
  })

  test('whatever order events were put by in: START first, the end last, each once', async () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('START', 'RUNNING', 'COMPLETE')), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (drawn) => {
        const runs = [uuidv7(), uuidv7(), uuidv7()]
        const made = new Map<string, RunEvent>()
        const events = drawn.map(([run, type]) => {
          const key = `${run} ${type}`
          const event = made.get(key) ?? eventOf(type, runs[run])
          made.set(key, event)
          return event
        })
        const inner = memory()
        const folder = await fill(events)
        expect(await sendSpool(inner, folder)).toEqual({ sent: made.size, rejected: 0, left: 0 })
        expect(new Set(inner.events.map(eventHash)).size).toBe(inner.events.length)
        for (const runId of runs) {
          const order = types(inner.events.filter(({ run }) => run.runId === runId))
          expect(order).toEqual(['START', 'RUNNING', 'COMPLETE'].filter((type) => order.includes(type)))
        }
      }),
      { numRuns: 15 },
    )
  })

  test('a server that goes down in the middle leaves the rest, and says why', async () => {
    const server = await lineageServer()
    const events = Array.from({ length: 5 }, () => eventOf('START'))
    const folder = await fill(events)
    // The first of them is a line that was kept, which is tried once more.
    server.script(201, 201, 'cut', 'cut', 'cut')
    const transport = httpTransport({ url: server.url, retry })
    expect(await sendSpool(transport, folder)).toMatchObject({
      sent: 2,
      left: 3,
      reason: expect.stringContaining('hang up') as string,
    })
    expect(await sendSpool(transport, folder)).toEqual({ sent: 3, rejected: 0, left: 0 })
    expect(server.events.map(eventHash)).toEqual(events.map(eventHash))
  })

  test('an event that is refused for what is in it keeps no other, and stands aside with the reason', async () => {
    const server = await lineageServer()
    const poison = eventOf('START', uuidv7(), 'poison')
    const folder = await fill([eventOf('START'), poison, eventOf('COMPLETE', poison.run.runId), eventOf('START')])
    server.always(({ body }) => (body.includes('poison') ? { status: 422, body: 'no such job' } : 201))
    expect(await sendSpool(httpTransport({ url: server.url, retry }), folder)).toEqual({
      sent: 3,
      rejected: 1,
      left: 0,
    })
    expect(rejectedIn(folder)).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('422, no such job') as string, event: poison }),
    ])
    expect(existsSync(join(folder, 'events.jsonl'))).toBe(false)
  })

  test('an event that the server fails over waits with its run, and keeps no other', async () => {
    const server = await lineageServer()
    const poison = eventOf('START', uuidv7(), 'poison')
    const folder = await fill([poison, eventOf('COMPLETE', poison.run.runId), eventOf('START'), eventOf('START')])
    server.always(({ body }) => (body.includes('poison') ? 500 : 201))
    const transport = httpTransport({ url: server.url, retry })
    expect(await sendSpool(transport, folder)).toMatchObject({ sent: 2, rejected: 0, left: 2 })
    server.always(201)
    expect(await sendSpool(transport, folder)).toEqual({ sent: 2, rejected: 0, left: 0 })
    expect(types(server.events)).toEqual(['START', 'START', 'START', 'COMPLETE'])
  })

  test('a server that fails over all is left alone after a few', async () => {
    const server = await lineageServer()
    server.always(500)
    const folder = await fill(Array.from({ length: 50 }, () => eventOf('START')))
    expect(await sendSpool(httpTransport({ url: server.url, retry }), folder)).toMatchObject({ sent: 0, left: 50 })
    expect(server.got.length).toBeLessThan(10)
  })

  test('batches hold one event of a run, and what they leave is sent again', async () => {
    const server = await lineageServer()
    const [a, b] = [uuidv7(), uuidv7()]
    const folder = await fill([
      eventOf('START', a),
      eventOf('COMPLETE', a),
      eventOf('START', b),
      eventOf('COMPLETE', b),
    ])
    const partial = { status: 'partial_success', failed_events: [{ index: 0, reason: 'busy', retriable: true }] }
    server.script({ status: 200, body: partial })
    const transport = httpTransport({ url: server.url, retry, batchEndpoint: 'batch' })
    expect(await sendSpool(transport, folder)).toMatchObject({
      sent: 2,
      left: 2,
      reason: expect.stringContaining('busy') as string,
    })
    expect(types(server.events.filter(({ run }) => run.runId === b))).toEqual(['START', 'COMPLETE'])
    expect(await sendSpool(transport, folder)).toMatchObject({ sent: 2, left: 0 })
    expect(types(server.events.filter(({ run }) => run.runId === a))).toEqual(['START', 'COMPLETE'])
  })

  test('an event twice in the spool is sent once', async () => {
    const event = eventOf('START')
    const folder = await fill([event, event])
    await spoolFolder(folder).put([JSON.parse(JSON.stringify(event)) as RunEvent])
    const inner = memory()
    expect(await sendSpool(inner, folder)).toMatchObject({ sent: 1 })
    expect(inner.events).toHaveLength(1)
  })

  test('what is put by meanwhile is sent too', async () => {
    const folder = await fill([eventOf('START')])
    const inner = memory()
    const late = eventOf('START')
    const transport = {
      ...inner,
      emit: async (events: readonly RunEvent[]) => {
        if (inner.events.length === 0) await spoolFolder(folder).put([late])
        inner.events.push(...events)
      },
    }
    expect(await sendSpool(transport, folder)).toMatchObject({ sent: 2, left: 0 })
    expect(inner.events[1]).toEqual(late)
  })

  test('where events are put by as fast as they are sent, it comes to an end', async () => {
    const folder = await fill([eventOf('START')])
    const transport = { ...memory(), emit: () => spoolFolder(folder).put([eventOf('START')]) }
    const sending = await sendSpool(transport, folder)
    expect(sending).toMatchObject({ left: 1, reason: 'others were put by meanwhile' })
    expect(sending.sent).toBeGreaterThan(1)
  })

  test('two at once: one sends, the other finds nothing left or does not wait', async () => {
    const folder = await fill(Array.from({ length: 20 }, () => eventOf('START')))
    const inner = memory()
    let others: Promise<unknown> | undefined
    let second: ReturnType<typeof sendSpool> | undefined
    const slow = {
      ...inner,
      // The others come while the first is under way.
      emit: async (events: readonly RunEvent[]) => {
        second ??= sendSpool(inner, folder)
        others ??= sendSpool(inner, folder, { wait: 0 }).catch((error: unknown) => error)
        await others
        inner.events.push(...events)
      },
    }
    const { sent } = await sendSpool(slow, folder)
    expect(await others).toMatchObject({ code: 'DS_LOCKED' })
    expect([sent, (await second)?.sent]).toEqual([20, 0])
    expect(inner.events).toHaveLength(20)
  })

  test('a line that a killed process left broken is kept aside, and what is behind it sent', async () => {
    const folder = await fill([eventOf('START')])
    appendFileSync(join(folder, 'events.jsonl'), '{"hash":"abc","ev')
    await spoolFolder(folder).put([eventOf('COMPLETE')])
    const inner = memory()
    expect(await sendSpool(inner, folder)).toEqual({ sent: 2, rejected: 0, left: 0 })
    expect(rejectedIn(folder)).toEqual([expect.objectContaining({ line: '{"hash":"abc","ev' })])
  })
})

test('events of jobs and datasets wait too, and keep no other', async () => {
  const server = await lineageServer()
  const folder = newFolder()
  const transport = spooled(httpTransport({ url: server.url, retry }), { folder, pause: 0 })
  const ofJob = jobEvent({ job }, now)
  const ofDataset = datasetEvent(outputOf({ dataset }), now)
  server.script(500, 'cut', 'cut')
  await deliver([ofJob], [transport])
  await deliver([ofDataset], [transport])
  expect(await transport.waiting()).toBe(2)
  await deliver([datasetEvent(outputOf({ dataset }), new Date())], [transport])
  expect(server.events).toHaveLength(1)
  server.always(({ body }) => (body.includes('JobEvent') ? 500 : 201))
  expect(await transport.send()).toMatchObject({ sent: 1, left: 1 })
  server.always(201)
  expect(await transport.send()).toMatchObject({ sent: 1, left: 0 })
  expect(server.events.slice(1)).toEqual([ofDataset, ofJob])
})

test('an event that is refused at once is told, and stands aside', async () => {
  const server = await lineageServer()
  server.always(400)
  const folder = newFolder()
  const transport = spooled(httpTransport({ url: server.url }), { folder })
  await expect(transport.emit([eventOf('START')])).rejects.toMatchObject({ code: 'DS_LINEAGE_REJECTED' })
  expect(rejectedIn(folder)).toHaveLength(1)
  expect(await transport.waiting()).toBe(0)
})

test('a spool that cannot be written is an error with a code', async () => {
  const file = join(newFolder(), 'file')
  writeFileSync(file, '')
  const transport = spooled(httpTransport({ url: `http://127.0.0.1:${await freePort()}` }), {
    folder: join(file, 'spool'),
  })
  await expect(transport.emit([eventOf('START')])).rejects.toMatchObject({ code: 'DS_WRITE' })
})

const built = JSON.stringify(new URL('../dist/index.js', import.meta.url).href)

test('killed at any moment while sending, nothing is lost, and the order of each run holds', async () => {
  const server = await lineageServer()
  const folder = newFolder()
  const runs = Array.from({ length: 150 }, () => uuidv7())
  const events = runs.flatMap((runId) => [eventOf('START', runId), eventOf('COMPLETE', runId)])
  await spoolFolder(folder).put(events)
  const script = join(newFolder(), 'send.mjs')
  writeFileSync(
    script,
    `
    import { httpTransport, sendSpool } from ${built}
    const { left } = await sendSpool(httpTransport({ url: process.argv[2] }), process.argv[3])
    process.exitCode = left === 0 ? 0 : 1
  `,
  )
  let kills = 0
  for (let code: unknown; code !== 0;) {
    const child = spawn(process.execPath, [script, server.url, folder], { stdio: 'inherit' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (kills < 6) {
      const before = server.events.length
      while (server.events.length < before + 20 && child.exitCode === null) await sleep(1)
      await sleep(Math.random() * 20)
      child.kill('SIGKILL')
      kills++
    }
    code = await ended
  }
  const firsts = [...new Map(server.events.map((event) => [eventHash(event), event])).values()]
  expect(firsts).toHaveLength(events.length)
  for (const runId of runs) {
    expect(types(firsts.filter(({ run }) => run.runId === runId))).toEqual(['START', 'COMPLETE'])
  }
  // What was taken and not yet written down is sent again: one slice for each kill at most.
  expect(server.events.length - events.length).toBeLessThanOrEqual(kills * 50)
  expect(readdirSync(folder).filter((name) => name.startsWith('events.jsonl'))).toEqual([])
}, 120_000)

test('killed while putting by, what was acknowledged is there, and others put by and send at the same time', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'spool'))
  const script = join(folder, 'put.mjs')
  const port = await freePort()
  writeFileSync(
    script,
    `
    import { writeSync } from 'node:fs'
    import { httpTransport, runEvent, spooled, uuidv7 } from ${built}
    const transport = spooled(httpTransport({ url: 'http://127.0.0.1:${port}' }), { folder: ${JSON.stringify(join(folder, 'spool'))} })
    for (;;) {
      const runId = uuidv7()
      const event = runEvent({ runId, job: { namespace: 'n', name: 'j' } }, { eventType: 'START', eventTime: new Date(), inputs: [], outputs: [] })
      await transport.emit([event])
      writeSync(1, runId + '\\n')
    }
  `,
  )
  const acknowledged: string[] = []
  const putters = [1, 2].map(() => spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] }))
  for (const { stdout } of putters)
    stdout.setEncoding('utf8').on('data', (text: string) => acknowledged.push(...text.trim().split('\n')))
  const inner = memory()
  while (acknowledged.length < 60) {
    await sendSpool(inner, join(folder, 'spool'))
    await sleep(20)
  }
  await Promise.all(
    putters.map(async (child) => {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await closed
    }),
  )
  await sendSpool(inner, join(folder, 'spool'))
  const sent = new Set(inner.events.map(({ run }) => run.runId))
  expect(acknowledged.filter((runId) => !sent.has(runId))).toEqual([])
  expect(sent.size).toBe(inner.events.length)
}, 60_000)

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { transportOf, type Configured, type ConfiguredOptions } from '../src/configured.ts'
import { runEvent } from '../src/event.ts'
import { spooled, waitingIn } from '../src/spool.ts'
import { spoolDestination } from '../src/spool/spool-folder.ts'
import { httpTransport } from '../src/transports/http.ts'
import { newFolder } from './folder.ts'
import { eventOf, job, now, runId } from './sample.ts'
import { freePort, lineageServer } from './server.ts'

async function configured(config: object, options: Partial<ConfiguredOptions> = {}): Promise<Configured> {
  const read = await readConfig({ env: {}, cwd: '/', config: config as Record<string, unknown> })
  const made = transportOf(read, { cwd: '/', ...options })
  if (made === undefined) throw new Error('nothing is configured')
  return made
}

test('nothing configured is no transport', async () => {
  expect(transportOf(await readConfig({ env: {}, cwd: '/' }), { cwd: '/' })).toBeUndefined()
})

test('HTTP transports have a spool each, by their names; others have none', async () => {
  const [server, cwd] = [await lineageServer(), newFolder()]
  const dead = `http://127.0.0.1:${await freePort()}`
  const { transport, spools } = await configured(
    {
      transport: {
        type: 'composite',
        transports: {
          up: { type: 'http', url: server.url },
          '../down': { type: 'http', url: dead },
          file: { type: 'file', log_file_path: 'events', append: true },
        },
      },
    },
    { cwd, spool: join(cwd, 'spool') },
  )
  await transport.emit([eventOf('START')])
  expect(server.events).toHaveLength(1)
  expect(readFileSync(join(cwd, 'events'), 'utf8')).toContain('"START"')
  expect(spools.map(({ name }) => name)).toEqual(['up', '../down'])
  expect(await Promise.all(spools.map(async (one) => one.waiting()))).toEqual([0, 1])
  expect(readdirSync(join(cwd, 'spool'))).toEqual([expect.stringMatching(/^__down-[0-9a-f]{8}$/)])
})

test('what waits for one server never goes to another of the same name', async () => {
  const [b, cwd] = [await lineageServer(), newFolder()]
  const spool = join(cwd, 'spool')
  const to = async (url: string): Promise<Configured> => configured({ transport: { type: 'http', url } }, { spool })
  const port = await freePort()
  const dead = `http://ada:hunter22@127.0.0.1:${port}/?token=hunter22`
  await (await to(dead)).transport.emit([eventOf('START')])
  const other = await to(b.url)
  expect(other.spools).toHaveLength(1)
  expect(await other.spools[0]?.send()).toMatchObject({ sent: 0, left: 0 })
  expect(b.events).toEqual([])
  const [folder = ''] = readdirSync(spool)
  expect(spoolDestination(join(spool, folder))).toBe(`http://127.0.0.1:${port}/api/v1/lineage`)
  // The same server, with another password.
  const back = await lineageServer(port)
  const again = await to(`http://127.0.0.1:${port}`)
  expect(await again.spools[0]?.send()).toMatchObject({ sent: 1, left: 0 })
  expect([b.events.length, back.events.length]).toEqual([0, 1])
})

test('what earlier versions put by, under the name alone, is sent too', async () => {
  const [server, cwd] = [await lineageServer(), newFolder()]
  const spool = join(cwd, 'spool')
  const nowhere = httpTransport({ url: `http://127.0.0.1:${await freePort()}` })
  await spooled(nowhere, { folder: join(spool, 'http') }).emit([eventOf('START')])
  const { spools } = await configured({ transport: { type: 'http', url: server.url } }, { spool })
  expect(spools.map(({ folder }) => folder)).toEqual([expect.stringMatching(/http-\w{8}$/), join(spool, 'http')])
  for (const one of spools) await one.send()
  expect(server.events).toHaveLength(1)
  expect(await waitingIn(join(spool, 'http'))).toBe(0)
})

test('where one decides on the others, they wait together', async () => {
  const cwd = newFolder()
  const dead = `http://127.0.0.1:${await freePort()}`
  const transports = [
    { type: 'http', url: dead },
    { type: 'http', url: dead },
  ]
  const composite = { type: 'composite', transports, continue_on_success: false }
  const { transport, spools } = await configured({ transport: composite }, { spool: join(cwd, 'spool') })
  await transport.emit([eventOf('START')])
  expect(spools.map(({ name }) => name)).toEqual(['composite'])
  const each = await configured(
    { transport: { ...composite, continue_on_success: true } },
    { spool: join(cwd, 'spool') },
  )
  expect(each.spools.map(({ name }) => name)).toEqual(['http', 'http-2'])
})

test('two of one name are an error, since their events would wait together', async () => {
  const transports = [
    { type: 'http', name: 'a', url: 'http://a' },
    { type: 'http', name: 'a', url: 'http://b' },
  ]
  await expect(configured({ transport: { type: 'composite', transports } }, { spool: '/spool' })).rejects.toMatchObject(
    {
      code: 'DS_LINEAGE_CONFIG',
      message: expect.stringContaining('named a') as string,
    },
  )
})

test('filtered jobs are not sent; a file an event, and lines of a console', async () => {
  const cwd = newFolder()
  const filters = [
    { type: 'exact', match: 'off' },
    { type: 'regex', regex: 'test_' },
  ]
  const { transport } = await configured({ transport: { type: 'file', log_file_path: 'event' }, filters }, { cwd })
  for (const name of ['off', 'offer', 'test_a', 'a_test_']) await transport.emit([eventOf('START', runId, name)])
  expect(readdirSync(cwd)).toHaveLength(2)
  const lines: string[] = []
  const printing = await configured({ transport: { type: 'console' } }, { write: (line) => lines.push(line) })
  await printing.transport.emit([eventOf('START')])
  expect(lines).toHaveLength(1)
  await (await configured({ transport: { type: 'console' } })).transport.emit([eventOf('START')])
})

test('the known transformer replaces the namespace, that of parents too; others are given by name', async () => {
  const known = {
    type: 'transform',
    transformer_class: 'openlineage.client.transport.transform.JobNamespaceReplaceTransformer',
    transformer_properties: { new_job_namespace: 'new' },
    transport: { type: 'console' },
  }
  const parent = { runId, job, root: { runId, job } }
  const event = runEvent({ runId, job, parent }, { eventType: 'START', eventTime: now, inputs: [], outputs: [] })
  const sent: unknown[] = []
  const write = (line: string): void => void sent.push(JSON.parse(line))
  await (await configured({ transport: known }, { write })).transport.emit([event])
  await (
    await configured(
      { transport: { ...known, transformer_class: 'mine' } },
      { write, transforms: { mine: () => () => null } },
    )
  ).transport.emit([event])
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({
    job: { namespace: 'new', name: job.name },
    run: { facets: { parent: { job: { namespace: 'new' }, root: { job: { namespace: 'new' } } } } },
  })
  await expect(configured({ transport: { ...known, transformer_class: 'theirs' } })).rejects.toMatchObject({
    code: 'DS_LINEAGE_CONFIG',
  })
  await expect(configured({ transport: { ...known, transformer_properties: {} } })).rejects.toMatchObject({
    code: 'DS_LINEAGE_CONFIG',
  })
})

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  alertmanagerSink,
  notify,
  webhookSink,
  type AlertNotice,
  type Observation,
  type WebhookBody,
} from '../../packages/core/src/index.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notice as noticeOf } from '../../packages/core/test/sinks/notices.ts'
import { findAlertmanager, startAlertmanager, type Alertmanager } from './alertmanager.ts'

const program = await findAlertmanager()

/** Bodies that came to `/theirs` (from Alertmanager) and `/ours`. */
const bodies = { theirs: [] as WebhookBody[], ours: [] as WebhookBody[] }
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    bodies[request.url === '/ours' ? 'ours' : 'theirs'].push(JSON.parse(body) as WebhookBody)
    response.end()
  })
})
const home = mkdtempSync(join(tmpdir(), 'dayshift-alerts-'))
let alertmanager: Alertmanager
let hooks: string

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  hooks = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  if (program) alertmanager = await startAlertmanager(program, `${hooks}/theirs`)
})

afterAll(async () => {
  if (program) await alertmanager.stop()
  receiver.closeAllConnections()
  receiver.close()
  rmSync(home, { recursive: true, force: true })
})

/** An alert, as Alertmanager lists it. */
interface Listed {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly status: { readonly state: string }
}

async function listed(dataset: string): Promise<Listed[]> {
  const filter = encodeURIComponent(`dataset=${JSON.stringify(dataset)}`)
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`)
  return (await answer.json()) as Listed[]
}

/** Waits until something is there. */
async function until<Value>(find: () => Value | undefined): Promise<Value> {
  for (let left = 600; left > 0; left--) {
    const found = find()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error(`it did not come; there is ${JSON.stringify(bodies)}`)
}

/** News that began a minute ago, for Alertmanager takes none that lie far back for new. */
function notice(more: Partial<AlertNotice>): AlertNotice {
  return noticeOf({ startsAt: new Date(Date.now() - 60_000).toISOString(), ...more })
}

/** The keys of a value, and the types of what is under them. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return [shape(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]))
}

/** A time as JavaScript writes it; none is the year 1. */
function inMilliseconds(time: string): string {
  return time.startsWith('0001') ? time : new Date(time).toISOString()
}

describe.skipIf(program === undefined)('a real Alertmanager', () => {
  test('lists an alert of ours as firing, for a week, and as over when it is', async () => {
    const sink = alertmanagerSink({ url: alertmanager.url, labels: { team: 'data' } })
    const fire = notice({ dataset: 'listed', hint: 'Look.' })
    await sink.alert([fire])
    const [firing, ...more] = await listed('listed')
    expect(more).toEqual([])
    expect(firing).toMatchObject({
      labels: {
        alertname: 'freshness.stale',
        project: 'airports',
        dataset: 'listed',
        kind: 'freshness',
        severity: 'error',
        team: 'data',
      },
      annotations: {
        summary: 'the newest data is 2d old',
        hint: 'Look.',
        source: 'file:///srv/weather.csv',
        event: 'fire',
      },
      startsAt: fire.startsAt,
      status: { state: 'active' },
    })
    expect((Date.parse(firing?.endsAt ?? '') - Date.now()) / 86_400_000).toBeCloseTo(7, 1)
    // Told again, it is the same alert; what is over is listed no more.
    await sink.alert([{ ...fire, event: 'remind', message: 'the newest data is 3d old' }])
    expect((await listed('listed')).map(({ annotations }) => annotations['summary'])).toEqual([
      'the newest data is 3d old',
    ])
    await sink.alert([{ ...fire, event: 'resolve', endsAt: new Date().toISOString() }])
    expect(await listed('listed')).toEqual([])
  })

  test('groups alerts, and tells its webhook that they fire, and are over', async () => {
    const sink = alertmanagerSink({ url: alertmanager.url })
    const fires = ['a', 'b'].map((column) => notice({ dataset: 'grouped', column }))
    await sink.alert(fires)
    const firing = await until(() => bodies.theirs.find(({ groupLabels }) => groupLabels['dataset'] === 'grouped'))
    expect(firing).toMatchObject({ status: 'firing', groupLabels: { project: 'airports', dataset: 'grouped' } })
    expect(firing.alerts.map(({ labels }) => String(labels['column'])).sort()).toEqual(['a', 'b'])
    await sink.alert(fires.map((fire) => ({ ...fire, event: 'resolve', endsAt: new Date().toISOString() })))
    const over = await until(() =>
      bodies.theirs.find(({ groupLabels, status }) => groupLabels['dataset'] === 'grouped' && status === 'resolved'),
    )
    expect(over.alerts.map(({ status }) => status)).toEqual(['resolved', 'resolved'])
  })

  test.each(['fire', 'resolve'] as const)(
    'posts the body that our webhook posts, for the same alerts: %s',
    async (event) => {
      const dataset = `posted-${event}`
      const fire = notice({ dataset, hint: 'Look.' })
      const over = { ...fire, event: 'resolve', endsAt: new Date().toISOString() } as const
      await alertmanagerSink({ url: alertmanager.url, generatorURL: 'https://ci.example.org/7' }).alert([fire])
      const ofDataset = ({ groupLabels }: WebhookBody): boolean => groupLabels['dataset'] === dataset
      let theirs = await until(() => bodies.theirs.find(ofDataset))
      if (event === 'resolve') {
        await alertmanagerSink({ url: alertmanager.url, generatorURL: 'https://ci.example.org/7' }).alert([over])
        theirs = await until(() => bodies.theirs.find((body) => ofDataset(body) && body.status === 'resolved'))
      }
      const webhook = webhookSink({ url: `${hooks}/ours`, name: 'team', externalURL: 'https://ci.example.org/7' })
      await webhook.alert([event === 'resolve' ? over : fire])
      const ours = bodies.ours.at(-1) as WebhookBody
      // What they group by is theirs to say.
      expect(shape({ ...ours, groupLabels: {} })).toEqual(shape({ ...theirs, groupLabels: {} }))
      expect(Object.keys(ours.alerts[0] ?? {}).sort()).toEqual(Object.keys(theirs.alerts[0] ?? {}).sort())
      const { fingerprint: own, ...ourAlert } = ours.alerts[0] as WebhookBody['alerts'][0]
      const { fingerprint, ...theirAlert } = theirs.alerts[0] as WebhookBody['alerts'][0]
      expect(fingerprint).toMatch(/^[0-9a-f]{16}$/)
      expect(own).toMatch(/^[0-9a-f]{16}$/)
      // It leaves zeros at the end of a second's parts out.
      const { startsAt, endsAt } = theirAlert
      expect(ourAlert).toEqual({ ...theirAlert, startsAt: inMilliseconds(startsAt), endsAt: inMilliseconds(endsAt) })
      for (const name of [
        'version',
        'receiver',
        'status',
        'commonLabels',
        'commonAnnotations',
        'truncatedAlerts',
      ] as const) {
        expect([name, ours[name]]).toEqual([name, theirs[name]])
      }
    },
  )

  test('takes odd names and texts as they are, and hundreds at once', async () => {
    const sink = alertmanagerSink({ url: alertmanager.url })
    const odd = 'Zürich “01”\n\u2028 🌍 \uD800 </script> {{ x }} \\ "'
    const many = Array.from({ length: 700 }, (_, at) => notice({ dataset: 'odd', column: `${odd}${at}`, message: odd }))
    await sink.alert(many)
    const found = await listed('odd')
    expect(found).toHaveLength(700)
    expect(found[0]?.labels['column']).toContain('Zürich “01”\n\u2028 🌍 \uFFFD </script> {{ x }} \\ "')
  })

  test('refuses what is no alert, and that is told', async () => {
    const sink = alertmanagerSink({ url: alertmanager.url })
    await expect(sink.alert([notice({ startsAt: 'yesterday' })])).rejects.toMatchObject({ code: 'DS_SINK_REFUSED' })
  })

  test('a week of flapping reaches its webhook as one alert that fires, and one that is over', async () => {
    const sink = alertmanagerSink({ url: alertmanager.url })
    const told: string[] = []
    const counted = {
      name: sink.name,
      alert: async (notices: readonly AlertNotice[]) => {
        told.push(...notices.map(({ event }) => event))
        // Times of a week that is over would be no alert to Alertmanager: it is told as of now.
        const now = new Date()
        const moved = notices.map((one) => ({
          ...one,
          startsAt: now.toISOString(),
          ...(one.endsAt === undefined ? {} : { endsAt: now.toISOString() }),
        }))
        await sink.alert(moved)
      },
    }
    const path = join(home, 'alerts.json')
    const begin = Date.parse('2026-11-23T00:00:00Z')
    for (let hour = 0; hour < 168 + 30; hour++) {
      const isBad = hour < 168 && hour % 2 === 0
      const findings = isBad ? [{ severity: 'error', code: 'freshness.stale', message: 'old' } as const] : []
      const observation: Observation = {
        project: 'airports',
        dataset: 'flapping',
        kind: 'freshness',
        uri: 'file:///f',
        findings,
      }
      const { sinks } = await notify([observation], [counted], {
        path,
        rules: { remindAfter: false },
        clock: () => new Date(begin + hour * 3_600_000),
      })
      expect(sinks[0]?.error).toBeUndefined()
    }
    expect(told).toEqual(['fire', 'resolve'])
    expect(await listed('flapping')).toEqual([])
  })
})

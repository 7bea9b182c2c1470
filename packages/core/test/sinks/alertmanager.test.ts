import { expect, test } from 'vitest'
import { alertmanagerSink } from '../../src/sinks/alertmanager.ts'
import { sinkConformance } from '../../src/sinks/conformance.ts'
import { notice } from './notices.ts'
import { receiver, says } from './receiver.ts'

test.each(
  sinkConformance(async (farSide) => {
    const answers = { takes: says(200), refuses: says(400), hangs: () => undefined }
    const { url, received } = await receiver(answers[farSide])
    return { sink: alertmanagerSink({ url }), received: () => received.map(({ body }) => body) }
  }),
)('alertmanager: $name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined()
})

const clock = (): Date => new Date('2026-11-24T00:00:00Z')

test('what fires holds for a week, what is over ends when it was', async () => {
  const { url, received } = await receiver()
  const endsAt = '2026-11-23T23:00:00.000Z'
  const sink = alertmanagerSink({ url: `${url}/prefix/`, labels: { team: 'data' }, generatorURL: 'https://ci', clock })
  await sink.alert([notice(), notice({ event: 'resolve', endsAt })])
  expect(received[0]?.url).toBe('/prefix/api/v2/alerts')
  const labels = { alertname: 'freshness.stale', project: 'airports', dataset: 'weather', kind: 'freshness' }
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject([
    {
      labels: { ...labels, severity: 'error', team: 'data' },
      annotations: { summary: 'the newest data is 2d old' },
      startsAt: '2026-11-23T08:00:00.000Z',
      endsAt: '2026-12-01T00:00:00.000Z',
      generatorURL: 'https://ci',
    },
    { endsAt },
  ])
})

test('the whole address of its interface may be given too', async () => {
  const { url, received } = await receiver()
  await alertmanagerSink({ url: `${url}/api/v2/alerts` }).alert([notice()])
  expect(received[0]?.url).toBe('/api/v2/alerts')
})

test('many alerts go in several posts', async () => {
  const { url, received } = await receiver()
  await alertmanagerSink({ url }).alert(Array.from({ length: 1200 }, (_, at) => notice({ column: `c${at}` })))
  expect(received.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([500, 500, 200])
})

test('a time to hold that is none is wrong at once', () => {
  expect(() => alertmanagerSink({ url: 'http://host', holdFor: 'long' })).toThrow(
    expect.objectContaining({ code: 'DS_UNIT' }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { verifySignature } from '../../src/sinks/http/signature.ts'
import { sinkConformance } from '../../src/sinks/conformance.ts'
import { webhookSink } from '../../src/sinks/webhook.ts'
import { webhookBodies, type WebhookBody } from '../../src/sinks/webhook-body.ts'
import { notice } from './notices.ts'
import { receiver, says } from './receiver.ts'

/** Tries again at once. */
const quick = { backoff: 0 }

test.each(
  sinkConformance(async (farSide) => {
    const answers = { takes: says(200), refuses: says(403), hangs: () => undefined }
    const { url, received } = await receiver(answers[farSide])
    return { sink: webhookSink({ url, secret: 'sesame' }), received: () => received.map(({ body }) => body) }
  }),
)('webhook: $name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined()
})

test('the body is that of Alertmanager, version 4', async () => {
  const { url, received } = await receiver()
  const sink = webhookSink({ url, name: 'team', labels: { team: 'data' }, externalURL: 'https://ci.example.org/7' })
  const over = { key: 'fedcba9876543210', dataset: 'flights', hint: 'Look.', endsAt: '2026-11-24T08:00:00.000Z' }
  await sink.alert([notice(), notice({ ...over, event: 'resolve' })])
  expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'dayshift' })
  const common = {
    alertname: 'freshness.stale',
    project: 'airports',
    kind: 'freshness',
    severity: 'error',
    team: 'data',
  }
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    receiver: 'team',
    status: 'firing',
    alerts: [
      {
        status: 'firing',
        labels: { ...common, dataset: 'weather' },
        annotations: { summary: 'the newest data is 2d old', source: 'file:///srv/weather.csv', event: 'fire' },
        startsAt: '2026-11-23T08:00:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'https://ci.example.org/7',
        fingerprint: '0123456789abcdef',
      },
      {
        status: 'resolved',
        labels: { ...common, dataset: 'flights' },
        annotations: {
          summary: 'the newest data is 2d old',
          hint: 'Look.',
          source: 'file:///srv/weather.csv',
          event: 'resolve',
        },
        startsAt: '2026-11-23T08:00:00.000Z',
        endsAt: '2026-11-24T08:00:00.000Z',
        generatorURL: 'https://ci.example.org/7',
        fingerprint: 'fedcba9876543210',
      },
    ],
    groupLabels: { project: 'airports' },
    commonLabels: common,
    commonAnnotations: { summary: 'the newest data is 2d old', source: 'file:///srv/weather.csv' },
    externalURL: 'https://ci.example.org/7',
    version: '4',
    groupKey: '{}:{project="airports"}',
    truncatedAlerts: 0,
  })
})

const clock = (): Date => new Date('2026-11-23T09:00:00Z')

test('headers of one’s own win, however they are written; signatures are ours', async () => {
  const { url, received } = await receiver()
  const headers = { 'content-type': 'application/vnd.x+json', 'USER-AGENT': 'mine', 'dayshift-signature': 'forged' }
  await webhookSink({ url, headers, secret: 's' }).alert([notice()])
  expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/vnd.x+json', 'user-agent': 'mine' })
  expect(verifySignature(received[0]?.body ?? '', String(received[0]?.headers['dayshift-signature']), 's')).toBe(true)
})

test('a body is signed, with its time; the same news has the same delivery', async () => {
  const { url, received } = await receiver()
  const sink = webhookSink({ url, secret: 'sesame', clock })
  await sink.alert([notice(), notice({ key: 'b' })])
  await sink.alert([notice({ key: 'b', message: 'other words' }), notice()])
  await sink.alert([notice({ event: 'remind' })])
  const { body = '', headers = {} } = received[0] ?? {}
  const signature = String(headers['dayshift-signature'])
  expect(signature).toMatch(/^t=1795424400,v1=[0-9a-f]{64}$/)
  expect(verifySignature(body, signature, 'sesame', { now: clock() })).toBe(true)
  expect(verifySignature(`${body} `, signature, 'sesame', { now: clock() })).toBe(false)
  expect(verifySignature(body, signature, 'other', { now: clock() })).toBe(false)
  expect(verifySignature(body, signature.replace('t=17', 't=18'), 'sesame', { now: clock() })).toBe(false)
  const deliveries = received.map((one) => one.headers['dayshift-delivery'])
  expect(deliveries[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(deliveries[1]).toBe(deliveries[0])
  expect(deliveries[2]).not.toBe(deliveries[0])
})

test.each([
  ['five minutes later', '2026-11-23T09:05:00Z', true],
  ['more than that later', '2026-11-23T09:05:01Z', false],
  ['a clock that is ahead by more than that', '2026-11-23T08:54:59Z', false],
])('what was overheard cannot be sent again: %s', async (_what, now, holds) => {
  const { url, received } = await receiver()
  await webhookSink({ url, secret: 's', clock: () => new Date('2026-11-23T09:00:00Z') }).alert([notice()])
  const header = String(received[0]?.headers['dayshift-signature'])
  expect(verifySignature(received[0]?.body ?? '', header, 's', { now: new Date(now) })).toBe(holds)
})

test.each([undefined, '', 't=1,v1=', `t=1,v1=${'g'.repeat(64)}`, `v1=${'0'.repeat(64)}`, `t=-1,v1=${'0'.repeat(64)}`])(
  'a header that is no signature holds for nothing: %s',
  (header) => {
    expect(verifySignature('', header, 's', { now: new Date(1000) })).toBe(false)
  },
)

test.each([408, 425, 429, 500, 502, 503, 504])('%d is tried again, signed anew', async (status) => {
  const { url, received } = await receiver((response, at) => says(at < 2 ? status : 204)(response))
  await webhookSink({ ...quick, url, secret: 's' }).alert([notice()])
  expect(received).toHaveLength(3)
  expect(new Set(received.map(({ headers }) => headers['dayshift-delivery'])).size).toBe(1)
})

test('it waits twice as long each time, and up to half of that is left to chance', async () => {
  const { url } = await receiver(says(500))
  const began = performance.now()
  const drawn: number[] = []
  const random = (): number => {
    drawn.push(performance.now() - began)
    return 0.5
  }
  await expect(webhookSink({ url, backoff: 0.1, retries: 2, random }).alert([notice()])).rejects.toThrow(
    'it answers 500',
  )
  // 0.1 and 0.2 seconds, a quarter less; the third time there is nothing to wait for.
  const [first = 0, second = 0] = drawn
  expect(second - first).toBeGreaterThan(70)
  expect(performance.now() - began - second).toBeGreaterThan(145)
  expect(drawn).toHaveLength(2)
})

test('it is tried so often, and then given up', async () => {
  const { url, received } = await receiver(says(500, {}, 'down for\nthe night'))
  await expect(webhookSink({ ...quick, url, retries: 2 }).alert([notice()])).rejects.toMatchObject({
    code: 'DS_SINK_UNREACHABLE',
    message: `${url}: it answers 500, down for the night`,
  })
  expect(received).toHaveLength(3)
})

test.each([400, 401, 403, 404, 410, 413, 422])('%d is not tried again', async (status) => {
  const { url, received } = await receiver(says(status))
  await expect(webhookSink({ ...quick, url }).alert([notice()])).rejects.toMatchObject({ code: 'DS_SINK_REFUSED' })
  expect(received).toHaveLength(1)
})

test('Retry-After is heeded: a second is waited for, an hour is not', async () => {
  const short = await receiver((response, at) => says(at === 0 ? 503 : 200, { 'Retry-After': '1' })(response))
  const began = performance.now()
  await webhookSink({ ...quick, url: short.url }).alert([notice()])
  expect(performance.now() - began).toBeGreaterThan(950)
  const long = await receiver(says(429, { 'Retry-After': '3600' }))
  await expect(webhookSink({ ...quick, url: long.url }).alert([notice()])).rejects.toMatchObject({
    code: 'DS_SINK_UNREACHABLE',
  })
  expect(long.received).toHaveLength(1)
})

test('a server that does not answer, is not there, or breaks off is told, and tried again', async () => {
  const silent = await receiver(() => undefined)
  let tries = 0
  const counting: typeof fetch = (...words) => {
    tries++
    return fetch(...words)
  }
  const patient = { ...quick, url: silent.url, timeout: 0.05, retries: 1, fetch: counting }
  await expect(webhookSink(patient).alert([notice()])).rejects.toThrow('no answer within 0.05 s')
  expect(tries).toBe(2)
  const broken = await receiver((response) => response.destroy())
  await expect(webhookSink({ ...quick, url: broken.url, retries: 2 }).alert([notice()])).rejects.toMatchObject({
    code: 'DS_SINK_UNREACHABLE',
  })
  expect(broken.received).toHaveLength(3)
  await expect(
    webhookSink({ ...quick, url: 'http://127.0.0.1:1', retries: 1 }).alert([notice()]),
  ).rejects.toMatchObject({
    code: 'DS_SINK_UNREACHABLE',
  })
})

test('it follows within a server, and nowhere else', async () => {
  const here = await receiver((response, at) => says(at === 0 ? 307 : 200, { Location: '/there' })(response))
  await webhookSink({ url: here.url, secret: 's' }).alert([notice()])
  expect(here.received.map(({ url }) => url)).toEqual(['/', '/there'])
  expect(here.received[1]?.body).toBe(here.received[0]?.body)
  const elsewhere = await receiver()
  const { url } = await receiver(says(302, { Location: `${elsewhere.url}/x?token=abc` }))
  await expect(webhookSink({ url, headers: { 'X-Key': 'sesame' } }).alert([notice()])).rejects.toMatchObject({
    code: 'DS_SINK_REFUSED',
    message: `${url}: it leads to another server, ${elsewhere.url}, which gets neither alerts nor secrets`,
  })
  expect(elsewhere.received).toEqual([])
  const round = await receiver(says(308, { Location: '/' }))
  await expect(webhookSink({ url: round.url }).alert([notice()])).rejects.toThrow('it leads on and on')
})

test('no secret is told: of the address only the server is, whatever the server says back', async () => {
  const secrets = ['hunter2', 'T0K3N', '/services/T000/B000/XXXX', 'Bearer-abcdef', 'signing-secret']
  const echo = `${secrets.join(' ')} ${Buffer.from('ada:hunter2').toString('base64')}`
  const { url, received } = await receiver(says(400, {}, echo))
  const sink = webhookSink({
    url: `${url.replace('//', '//ada:hunter2@')}/services/T000/B000/XXXX?t=T0K3N`,
    headers: { 'X-Auth': 'Bearer-abcdef' },
    secret: 'signing-secret',
  })
  const error: unknown = await sink.alert([notice()]).catch((thrown: unknown) => thrown)
  const told = JSON.stringify([error, String(error), (error as Error).stack, (error as Error).cause ?? '', sink.name])
  for (const secret of [...secrets, 'XXXX', 'YWRhOmh1bnRlcjI']) expect(told).not.toContain(secret)
  expect((error as Error).message).toContain(`${url}: it answers 400, `)
  expect(received[0]).toMatchObject({
    url: '/services/T000/B000/XXXX?t=T0K3N',
    headers: { authorization: `Basic ${Buffer.from('ada:hunter2').toString('base64')}`, 'x-auth': 'Bearer-abcdef' },
  })
})

test.each<[string, Parameters<typeof webhookSink>[0]]>([
  ['no address', { url: 'hunter2' }],
  ['no http', { url: 'ftp://ada:hunter2@host/' }],
  ['a header that is none', { url: 'http://host', headers: { 'X Y': 'hunter2' } }],
  ['a value that is none', { url: 'http://host', headers: { 'X-Y': 'hunter2\nX' } }],
  ['a label that is none', { url: 'http://host', labels: { 'team-name': 'hunter2' } }],
  ['a label of alerts', { url: 'http://host', labels: { severity: 'hunter2' } }],
])('%s is wrong at once, and not told', (_what, options) => {
  let error: unknown
  try {
    webhookSink(options)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ code: 'DS_SINK_CONFIG' })
  expect(String(error)).not.toContain('hunter2')
})

test('a body is bounded: what does not fit is counted, and comes in the next', async () => {
  const { url, received } = await receiver()
  const many = Array.from({ length: 500 }, (_, at) =>
    notice({ key: `k${at}`, column: `c${at}`, message: 'x'.repeat(900) }),
  )
  await webhookSink({ url, maxBytes: 20_000 }).alert(many)
  const bodies = received.map(({ body }) => JSON.parse(body) as WebhookBody)
  for (const { body } of received) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000)
  expect(bodies.flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint))).toEqual(
    many.map(({ key }) => key),
  )
  expect(bodies[0]?.truncatedAlerts).toBe(500 - (bodies[0]?.alerts.length ?? 0))
  expect(bodies.at(-1)?.truncatedAlerts).toBe(0)
  expect(new Set(received.map(({ headers }) => headers['dayshift-delivery'])).size).toBe(received.length)
})

test('one alert that is larger than a body may be is sent all the same', async () => {
  const { url, received } = await receiver()
  const sender = { receiver: 'r', externalURL: '', labels: {}, maxBytes: 10 }
  expect(webhookBodies([notice(), notice({ key: 'b' })], sender).map(({ notices }) => notices.length)).toEqual([1, 1])
  // Each character of its message is four bytes, and it stands there twice.
  const large = '\u{1F30D}'.repeat(1000)
  await webhookSink({ url, maxBytes: 16_000 }).alert([
    notice({ message: large, hint: large }),
    notice({ key: 'b', message: large, hint: large }),
  ])
  await webhookSink({ url }).alert(Array.from({ length: 100 }, (_, at) => notice({ key: `k${at}` })))
  const bodies = received.map(({ body }) => JSON.parse(body) as WebhookBody)
  expect(bodies.map(({ alerts, truncatedAlerts }) => [alerts.length, truncatedAlerts])).toEqual([
    [1, 1],
    [1, 0],
    [100, 0],
  ])
})

test.each([0, 10, 15_999, 16_000.5, NaN, Infinity])('a body of at most %d bytes is refused', (maxBytes) => {
  expect(() => webhookSink({ url: 'http://127.0.0.1', maxBytes })).toThrow(
    expect.objectContaining({ code: 'DS_SINK_CONFIG', where: 'maxBytes' }),
  )
})

test('a body has as many alerts as fit, whatever it may have', () => {
  const many = Array.from({ length: 40 }, (_, at) => notice({ column: `c${at}`, message: 'x'.repeat(at * 10) }))
  const bodyOf = (count: number, maxBytes: number): string =>
    webhookBodies(many.slice(0, count), { receiver: 'r', externalURL: '', labels: {}, maxBytes })[0]?.body ?? ''
  fc.assert(
    fc.property(fc.integer({ min: 2000, max: 30_000 }), (maxBytes) => {
      const text = bodyOf(40, maxBytes)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
      const { alerts, truncatedAlerts } = JSON.parse(text) as WebhookBody
      expect(alerts.length + truncatedAlerts).toBe(40)
      const oneMore = Buffer.byteLength(bodyOf(alerts.length + 1, 1_000_000)) - 1
      expect(truncatedAlerts === 0 || oneMore + String(truncatedAlerts - 1).length > maxBytes).toBe(true)
    }),
  )
})

test('short secrets are not told either, and words that hold them are', async () => {
  const { url } = await receiver(says(400, {}, '{"x-token":"ab"} about ab. x.y 7 17'))
  const sink = webhookSink({ url, headers: { 'X-Token': 'ab', 'X-Odd': 'x.y', 'X-One': '7' } })
  await expect(sink.alert([notice()])).rejects.toThrow('it answers 400, {"x-token":"***"} about ***. *** *** 17')
})

test('stopped while it waits to try again, it stops', async () => {
  const stop = new AbortController()
  const { url, received } = await receiver((response) => {
    says(503)(response)
    setTimeout(() => stop.abort(), 50)
  })
  const work = webhookSink({ url, backoff: 20 }).alert([notice()], { signal: stop.signal })
  await expect(work).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(received).toHaveLength(1)
})

test('a flood of an answer is not read', async () => {
  const { url } = await receiver((response) => {
    response.writeHead(400)
    response.write('x'.repeat(100_000))
  })
  await expect(webhookSink({ url }).alert([notice()])).rejects.toThrow(`it answers 400, ${'x'.repeat(200)}`)
})

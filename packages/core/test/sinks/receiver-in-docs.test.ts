import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { webhookSink } from '../../src/sinks/webhook.ts'
import { newFolder } from '../folder.ts'
import { notice } from './notices.ts'

const folder = newFolder()
const anHourAgo = (): Date => new Date(Date.now() - 3_600_000)

test('the receiver of docs/alerts.md takes what is ours, once, and nothing else', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/alerts.md'), 'utf8')
  const script = folder.write('receiver.mjs', String(/```js\n([\s\S]*?)```/.exec(page)?.[1]))
  const env = { PATH: process.env['PATH'], ALERTS_SECRET: 'sesame', PORT: '0' }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
  })
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${/listening on (\d+)/.exec(printed)?.[1]}`
  const ours = webhookSink({ url, secret: 'sesame' })
  await ours.alert([notice()])
  await ours.alert([notice({ event: 'remind' })])
  await ours.alert([notice({ event: 'resolve', endsAt: '2026-11-24T08:00:00.000Z' })])
  const refused = { code: 'DS_SINK_REFUSED', message: `${url}: it answers 401` }
  await expect(webhookSink({ url, secret: 'other' }).alert([notice()])).rejects.toMatchObject(refused)
  await expect(webhookSink({ url }).alert([notice()])).rejects.toMatchObject(refused)
  await expect(webhookSink({ url, secret: 'sesame', clock: anHourAgo }).alert([notice()])).rejects.toMatchObject(
    refused,
  )
  expect(printed.split('\n').slice(1)).toEqual(['BAD  the newest data is 2d old', 'GOOD the newest data is 2d old', ''])
})

import { expect, test } from 'vitest'
import { eventsOf } from '../../src/log.ts'
import { transportConformance } from '../../src/testing.ts'
import { consoleTransport } from '../../src/transports/console.ts'
import { now, weather } from '../sample.ts'

test('every event is one line of JSON', async () => {
  const lines: string[] = []
  const transport = consoleTransport((line) => lines.push(line))
  const events = eventsOf(weather({ description: 'two\nlines' }), '/srv', now)
  await transport.emit(events)
  await transport.close()
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events)
  expect(lines.join('')).not.toContain('\n')
})

const conformance = transportConformance(() => {
  const lines: string[] = []
  const received = (): unknown[] => lines.map((line) => JSON.parse(line) as unknown)
  return { transport: consoleTransport((line) => lines.push(line)), received }
})
test.each(conformance)('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

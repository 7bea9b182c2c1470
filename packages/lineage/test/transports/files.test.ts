import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { transportConformance, type TransportUnderTest } from '../../src/testing.ts'
import { filesTransport } from '../../src/transports/files.ts'
import { newFolder } from '../folder.ts'
import { eventOf } from '../sample.ts'

function make(): TransportUnderTest {
  const folder = newFolder()
  const received = (): unknown[] =>
    readdirSync(folder)
      .toSorted()
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown)
  return { transport: filesTransport(join(folder, 'event')), received }
}
test.each(transportConformance(make))('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

test('every event is a file whose name tells when, also within a millisecond', async () => {
  const folder = newFolder()
  const transport = filesTransport(join(folder, 'event'))
  await transport.emit([eventOf('START'), eventOf('START')])
  const names = readdirSync(folder)
  expect(names).toHaveLength(2)
  for (const name of names) expect(name).toMatch(/^event-\d{8}-\d{6}\.\d{6}\.json$/)
})

import { writeFile } from 'node:fs/promises'
import { throwIfAborted, writeAtomically } from '@dayshift/core/ground'
import type { Transport } from '../transport.ts'

/**
 * Writes every event to a file of its own, `{path}-{date}-{time}.json`, as the official clients do where they are not told to
 * append.
 *
 * @param path what the names of the files begin with; the folder must exist
 * @example filesTransport('/var/log/lineage/event') // /var/log/lineage/event-20261123-080000.000000.json
 */
export function filesTransport(path: string): Transport {
  let last = 0
  return {
    name: 'file',
    async emit(events, { signal } = {}) {
      for (const event of events) {
        throwIfAborted(signal)
        // Microseconds, each of which is used once.
        last = Math.max(last + 1, Date.now() * 1000)
        const file = `${path}-${nameOf(last)}.json`
        await writeAtomically(file, (temporary) => writeFile(temporary, `${JSON.stringify(event)}\n`))
      }
    },
    close: () => Promise.resolve(),
  }
}

function nameOf(microseconds: number): string {
  const [date = '', time = ''] = new Date(Math.floor(microseconds / 1000)).toISOString().split('T')
  const fraction = String(microseconds % 1_000_000).padStart(6, '0')
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}.${fraction}`
}

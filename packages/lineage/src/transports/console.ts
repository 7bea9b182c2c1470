import { throwIfAborted } from '@dayshift/core/ground'
import type { Transport } from '../transport.ts'

/**
 * Writes every event as one line of JSON.
 *
 * @param write gets the line, without line end
 * @example consoleTransport((line) => console.error(line))
 */
export function consoleTransport(write: (line: string) => void): Transport {
  return {
    name: 'console',
    emit: async (events, { signal } = {}) => {
      throwIfAborted(signal)
      for (const event of events) write(JSON.stringify(event))
    },
    close: () => Promise.resolve(),
  }
}

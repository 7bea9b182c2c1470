import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { muteAlert } from '@dayshift/core/alerts'
import { parseDuration } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { ALERTS_FILE, rootOf } from '../../places.ts'
import { printable } from '../../render/words.ts'

export const command = defineCommand({
  name: 'alerts mute',
  summary: 'tell nobody of an alert for a while',
  usage: '<key>',
  description: [
    'Tells nobody that an alert fires until a time, or for a while: while it is being worked on, for example. That it is over is told all',
    'the same. A key may be cut where no other begins so.',
  ],
  flags: {
    until: { type: 'string', value: 'TIME', help: 'until then (ISO 8601), or for so long: 8h, 2d' },
    off: { type: 'boolean', help: 'tell of it again' },
  },
  examples: ['dayshift alerts mute 3f2a --until 8h', 'dayshift alerts mute 3f2a --off'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags, positionals } = context
    const [key, surplus] = positionals
    if (key === undefined)
      throw failure('DS_USAGE', 'the key of an alert is missing', { hint: 'dayshift alerts tells all.' })
    if (surplus !== undefined) throw failure('DS_USAGE', `'${surplus}' is too much: mute takes one key`)
    if ((flags.until === undefined) === (flags.off !== true)) {
      throw failure('DS_USAGE', 'say until when: --until TIME, or --off')
    }
    const path = join(await rootOf(context), ALERTS_FILE)
    if (!existsSync(path)) throw failure('DS_ALERT_UNKNOWN', `no alert has the key ${key}: there was none yet`)
    const until = flags.until === undefined ? undefined : timeOf(flags.until)
    const alert = await muteAlert(path, key, until)
    const what = `${printable(alert.dataset)}: ${printable(alert.code)}`
    const told = until === undefined ? 'is told of again' : `is muted until ${until.toISOString().slice(0, 16)}Z`
    return { reports: [], result: { alert }, text: [`${what} ${told}`] }
  },
})

/** A time, or a duration from now on. */
function timeOf(text: string): Date {
  const now = Date.now()
  const time = /^\d+(\.\d+)?\s*[a-z]+$/.test(text) ? new Date(now + parseDuration(text) * 1000) : new Date(text)
  if (Number.isNaN(time.getTime()) || time.getTime() <= now) {
    throw failure('DS_USAGE', `--until takes a time to come, as 2026-12-01T08:00Z or 8h, not '${text}'`)
  }
  return time
}

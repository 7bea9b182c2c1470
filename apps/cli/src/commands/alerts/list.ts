import { join } from 'node:path'
import type { AlertRecord } from '@dayshift/core'
import { filesSetAside, readAlertState } from '@dayshift/core/alerts'
import { formatDuration } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { ALERTS_FILE, alertsElsewhere, rootOf } from '../../places.ts'
import { table } from '../../render/table.ts'
import { count, printable } from '../../render/words.ts'

/** How a damaged file is mended. */
const MENDING =
  'Bring it back from a copy. Else the next dayshift run keeps what can be read of it, puts the file aside, and tells anew what is still wrong.'

const NOTHING = { state: new Map<string, AlertRecord>(), isWhole: true }

export const command = defineCommand({
  name: 'alerts list',
  summary: 'list the alerts that fire',
  usage: '',
  description: [
    'Lists what was found wrong and is not over yet: since when, and which sinks were told of it last, and when. With --all also what',
    'is over since a short time, or was not seen often enough to fire; with -v what was found. Exit 0 whatever there is: the habits judge data; 3 where',
    'the file that keeps them is damaged.',
  ],
  flags: { all: { type: 'boolean', short: 'a', help: 'also what is over, or does not fire yet' } },
  examples: ['dayshift alerts', 'dayshift alerts --all --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { flags, positionals, terminal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: alerts list takes no words`)
    const root = await rootOf(context)
    const path = join(root, ALERTS_FILE)
    const elsewhere = await readAlertState(alertsElsewhere(root, context.env)).catch(() => NOTHING)
    // What is kept elsewhere is what was in the file, and what came since.
    const { state: own, isWhole } = await readAlertState(path).catch((error: unknown) => {
      if (elsewhere.state.size === 0) throw error
      return NOTHING
    })
    const state = new Map([...own, ...elsewhere.state])
    const aside = await filesSetAside(path)
    const known = [...state.values()].filter((record) => flags.all || record.state === 'firing')
    const alerts = known.sort((a, b) => (a.since < b.since ? -1 : 1))
    if (aside.length > 0) {
      terminal.alert(
        `${terminal.paint('yellow', 'warn')} ${count(aside.length, 'damaged file')} of alerts ${aside.length === 1 ? 'was' : 'were'} put aside, with what could not be read: ${aside.join(', ')}\n  Remove it once you have seen to what it says.`,
      )
    }
    const result = { alerts, ...(aside.length > 0 ? { setAside: aside } : {}) }
    const lines = linesOf(alerts, terminal.columns, flags.verbose === true)
    if (isWhole) return { reports: [], result, text: lines }
    const read = alerts.length === 0 ? 'no alert in it can be read' : 'only what is told above can be read of it'
    return {
      reports: [],
      result,
      text: alerts.length === 0 ? [] : lines,
      error: failure('DS_ALERT_STATE', `${path} is damaged: ${read}`, { where: path, hint: MENDING }),
    }
  },
})

function linesOf(alerts: readonly AlertRecord[], to: number, isVerbose: boolean): string[] {
  if (alerts.length === 0) return ['no alert fires']
  const now = Date.now()
  const rows = alerts.map((alert) => [
    alert.key.slice(0, 8),
    stateOf(alert, now),
    formatDuration((now - Date.parse(alert.since)) / 1000),
    printable(alert.dataset),
    printable(`${alert.code}${alert.column === undefined ? '' : ` ${alert.column}`}`),
    printable(toldOf(alert, now)),
  ])
  return [
    ...table([['key', 'state', 'for', 'dataset', 'what', 'told'], ...rows], '', to),
    ...(isVerbose ? alerts.map(({ key, message }) => `${key.slice(0, 8)}  ${printable(message)}`) : []),
    count(alerts.length, 'alert'),
  ]
}

function stateOf({ state, severity, mutedUntil }: AlertRecord, now: number): string {
  if (mutedUntil !== undefined && Date.parse(mutedUntil) > now) return 'muted'
  return state === 'firing' ? severity : state
}

function toldOf({ told }: AlertRecord, now: number): string {
  const sinks = Object.entries(told).map(
    ([sink, { at, over }]) => `${sink} ${formatDuration((now - Date.parse(at)) / 1000)} ago${over ? ' (over)' : ''}`,
  )
  return sinks.join(', ') || 'nobody'
}

import { defineCommand } from '../command.ts'
import { looked, type Check, type Patient } from '../doctor/check.ts'
import { clockCheck, diskChecks, engineCheck, gitCheck, runtimeCheck } from '../doctor/machine.ts'
import { journalChecks, projectChecks } from '../doctor/project.ts'
import { lineageServerCheck } from '../doctor/servers.ts'
import { versionChecks } from '../doctor/versions.ts'
import { engineFlags } from '../engine-flags.ts'
import { rootOf } from '../places.ts'
import { wrap } from '../render/table.ts'
import { count, printable } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'

export const command = defineCommand({
  name: 'doctor',
  summary: 'look whether all that is needed is well',
  usage: '',
  description: [
    'Looks at Node, the engine, git, the project file and its data, the DVC repository, its cache and remotes, the files that are',
    'kept in lines, the lineage server, the disk and the clock, and says for each thing that is not well what mends it.',
    'Nothing is changed. Exit 1 where something will not work.',
  ],
  flags: engineFlags,
  formats: ['text', 'json', 'html'],
  examples: ['dayshift doctor', 'dayshift doctor --json', 'dayshift doctor --fail-on warn'],
  run: async (context) => {
    const { terminal, signal } = context
    const checks = await examine(context, () => terminal.progress('doctor'), signal)
    const has = (severity: Check['severity']): boolean => checks.some((check) => check.severity === severity)
    const troubles = checks.filter(({ severity }) => severity !== 'info').length
    return {
      reports: [],
      result: { checks },
      fails: has('error'),
      warns: has('warn'),
      text: [
        ...checks.flatMap((check) => lines(check, terminal)),
        troubles === 0 ? 'all is well' : `${count(troubles, 'thing')} to look at`,
      ],
    }
  },
})

async function examine(patient: Patient, onProgress: () => void, signal: AbortSignal): Promise<Check[]> {
  // A project file that cannot be read is told once; the rest is looked at all the same.
  const root = await rootOf(patient).catch(() => patient.cwd)
  const checks: Check[] = [runtimeCheck()]
  const looks: (readonly [string, () => Promise<readonly Check[]>])[] = [
    ['project', () => projectChecks(patient)],
    ['engine', async () => [await engineCheck(patient)]],
    ['git', async () => [await gitCheck(patient)]],
    ['versions', () => versionChecks(patient)],
    ['catalog and lineage', () => journalChecks(root, signal)],
    ['lineage server', async () => [await lineageServerCheck(patient, root)]],
    ['disk', async () => diskChecks(root)],
    ['clock', async () => [clockCheck(root, Date.now())]],
  ]
  for (const [name, look] of looks) {
    onProgress()
    const found = await looked(name, look)
    checks.push(...found.filter(({ message }) => checks.every((one) => one.message !== message)))
  }
  return checks
}

const MARKS = { info: ['green', '✔'], warn: ['yellow', '!'], error: ['red', '✖'] } as const

function lines({ name, severity, message, hint }: Check, terminal: Terminal): string[] {
  const [style, sign] = MARKS[severity]
  const label = `${sign} ${printable(name)}  `
  const [first = '', ...rest] = wrap(printable(message), terminal.columns, label)
  const told = [terminal.paint(style, sign) + first.slice(sign.length), ...rest]
  const advice = hint === undefined ? [] : wrap(printable(hint), terminal.columns, '    ')
  return [...told, ...advice.map((line) => terminal.paint('dim', line))]
}

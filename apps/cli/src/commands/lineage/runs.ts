import type { MergedRun, RunDataset } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { numberFlag } from '../../flags.ts'
import { lineageFlags, openLog } from '../../lineage/command.ts'
import { placeWords, runSeconds } from '../../lineage/run-words.ts'
import { table } from '../../render/table.ts'
import { count, printable } from '../../render/words.ts'

const STATES = ['running', 'complete', 'fail', 'abort', 'other'] as const

export const command = defineCommand({
  name: 'lineage runs',
  summary: 'list the runs',
  usage: '',
  description: [
    'Lists the runs that the log tells of, the one that began last first: job, state, how long it took, what it read and wrote.',
  ],
  flags: {
    job: { type: 'string', value: 'NAME', help: 'of this job only' },
    state: { type: 'string', value: 'STATE', help: `${STATES.join(', ')}: in this state only` },
    limit: { type: 'string', short: 'n', value: 'N', help: 'at most so many (default: 20)' },
    ...lineageFlags,
  },
  examples: ['dayshift lineage runs', 'dayshift lineage runs --job weather --state fail --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: runs takes flags only`)
    const { state, job } = flags
    if (state !== undefined && !STATES.some((one) => one === state.toLowerCase())) {
      throw failure('DS_USAGE', `--state is ${STATES.join(', ')}, not '${state}'`)
    }
    const limit = numberFlag('limit', flags.limit) ?? 20
    const log = await openLog(context)
    const found = log.runs.filter(
      (run) =>
        (job === undefined || run.job.name === job || `${run.job.namespace}/${run.job.name}` === job) &&
        (state === undefined || run.state === state.toUpperCase()),
    )
    const runs = found.slice(0, limit)
    const total = count(found.length, 'run')
    const tail = found.length > runs.length ? `${runs.length} of ${total}; --limit shows more` : total
    return { reports: [], result: { runs, total: found.length }, text: [...linesOf(runs, cwd, terminal.columns), tail] }
  },
})

function linesOf(runs: readonly MergedRun[], cwd: string, to: number): string[] {
  if (runs.length === 0) return []
  const rows = runs.map((run) => [
    run.startedAt.slice(0, 19).replace('T', ' '),
    printable(run.job.name),
    run.state.toLowerCase(),
    runSeconds(run),
    run.runId.slice(-12),
    `${names(run.inputs, cwd)} → ${names(run.outputs, cwd)}`,
  ])
  return table([['began (UTC)', 'job', 'state', 'took', 'run', 'read → wrote'], ...rows], '', to)
}

function names(datasets: readonly RunDataset[], cwd: string): string {
  return datasets.map((dataset) => placeWords(dataset, cwd)).join(', ') || '–'
}

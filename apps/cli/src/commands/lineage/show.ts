import { formatSize } from '@dayshift/core/ground'
import { readRun, type MergedRun, type RunDataset } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { lineageFlags, openLog } from '../../lineage/command.ts'
import { runNamed } from '../../lineage/run-named.ts'
import { placeWords, runSeconds, STATE_STYLES } from '../../lineage/run-words.ts'
import { onlyWord } from '../../only-word.ts'
import { table } from '../../render/table.ts'
import { count, printable } from '../../render/words.ts'
import type { Terminal } from '../../terminal.ts'

export const command = defineCommand({
  name: 'lineage show',
  summary: 'show all that is known of a run',
  usage: '<run>',
  description: [
    'Shows a run: job, state, times, the message that it failed with, and what it read and wrote, with rows, size and version.',
    'A run is named by its id, or the beginning or the end of it; ‘last’ is the one that began last.',
  ],
  flags: { ...lineageFlags },
  examples: ['dayshift lineage show last', 'dayshift lineage show 3d4e5f607182 --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { positionals, cwd, terminal, signal } = context
    const word = onlyWord(positionals, 'run')
    const { path, runs } = await openLog(context)
    const run = await readRun(path, runNamed(runs, word), { signal })
    if (run === undefined) throw failure('DS_INTERNAL', `${word} is listed and not there`)
    return { reports: [], result: { run }, subject: run.job.name, text: pageOf(run, cwd, terminal) }
  },
})

function pageOf(run: MergedRun, cwd: string, terminal: Terminal): string[] {
  const { facets } = run
  const parent = facets['parent'] as { run?: { runId?: string }; job?: { name?: string } } | undefined
  const rows: readonly (readonly [string, unknown])[] = [
    ['run', run.runId],
    ['job', `${run.job.namespace}/${run.job.name}`],
    ['began', run.startedAt],
    ['ended', run.endedAt],
    ['took', runSeconds(run)],
    ['stands for', facets['nominalTime']?.['nominalStartTime']],
    ['started by', parent?.run?.runId === undefined ? undefined : `${parent.job?.name ?? ''} ${parent.run.runId}`],
    ['error', facets['errorMessage']?.['message']],
    ['events', String(run.events)],
  ]
  const shown = rows.flatMap(([key, value]) =>
    typeof value === 'string' && value !== '' ? [[key, printable(value)]] : [],
  )
  const state = terminal.paint(STATE_STYLES[run.state], run.state.toLowerCase())
  return [
    `${terminal.paint('bold', printable(run.job.name))}  ${state}`,
    ...table(shown, '  ', terminal.columns),
    ...datasetLines(terminal.paint('bold', 'read'), run.inputs, cwd),
    ...datasetLines(terminal.paint('bold', 'wrote'), run.outputs, cwd),
  ]
}

function datasetLines(title: string, datasets: readonly RunDataset[], cwd: string): string[] {
  if (datasets.length === 0) return []
  return ['', title, ...datasets.map((dataset) => `  ${datasetWords(dataset, cwd)}`)]
}

function datasetWords(dataset: RunDataset, cwd: string): string {
  const { facets } = dataset
  const statistics = facets['outputStatistics'] ?? facets['inputStatistics']
  const [rows, size] = [statistics?.['rowCount'], statistics?.['size']]
  const version = facets['version']?.['datasetVersion']
  const fields = facets['schema']?.['fields']
  return [
    placeWords(dataset, cwd),
    ...(isCount(rows) ? [count(rows, 'row')] : []),
    ...(Array.isArray(fields) && fields.length > 0 ? [count(fields.length, 'column')] : []),
    ...(isCount(size) ? [formatSize(size)] : []),
    ...(typeof version === 'string' ? [printable(version)] : []),
  ].join('  ')
}

/** Whether an event of whomever tells a count: null and fractions are none. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

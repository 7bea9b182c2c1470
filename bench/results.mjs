// What was measured, in one form for all benchmarks, and the tables that are made of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { megabytes, thousands } from './words.mjs'

/** Where results are kept. */
export const RESULTS = join(import.meta.dirname, 'results')

/** The order of the tables. */
export const ORDER = ['start', 'freshness', 'catalog', 'run', 'frame', 'validate', 'drift', 'dvc', 'dvc-remotes']

/** What bounds a tool, and competes with none. */
const LIMITS = /^(plain |node -e|find |md5sum|JSON\.parse|a Node process)/
/** Ratios within this are ties: the machines are shared. */
const TIE = 1.3

/** Why ours is slower where it is; by benchmark, for the jobs and tools that a pattern finds. */
const WHY = [
  [
    'frame',
    /^sample-.*: polars/,
    'it draws each row by chance, in one pass, not exactly 1 %; and Node and DuckDB have to start',
  ],
  ['frame', /^count-/, 'it reads one column, and draws by chance'],
  ['frame', /^etl-/, 'Node and DuckDB have to start'],
  ['frame', /^profile-/, 'ours gives frequent values, histograms and percentiles besides'],
  ['validate', /dayshift no key|dayshift command/, 'a line of ours, for comparison'],
  ['validate', /./, 'each bad cell is judged again by Zod for its message, and its line is found'],
  ['drift', /csv/, 'the types of all cells are found first, and each side is profiled'],
  ['dvc', /^.*checkout/, 'each object is held against its hash on the way'],
  ['dvc-remotes', /./, 'each object is hashed and brought to the disk before it has its name'],
  ['run', /./, 'a run also profiles the data, makes a report of each step and keeps all it found for the next one'],
]

/**
 * One form for all that benchmarks write: jobs, each with tools, ours first.
 *
 * @param {string} bench
 * @param {object} told as the benchmark wrote it
 */
export function resultOf(bench, told, size, command) {
  const { when = new Date().toISOString(), machine, peers } = told
  return { bench, size, command, when, machine, ...(peers ? { peers } : {}), jobs: jobsOf(told) }
}

function jobsOf({ jobs, results }) {
  if (jobs) return jobs.map(({ job, bytes, tools, doubts }) => ({ job, bytes, tools: tools.map(toolOf), doubts }))
  return results.flatMap(({ job, remote, bytes, rows, doubts }) => {
    const steps = groups(rows)
    const place = remote === undefined ? job : `${job}, ${remote}`
    return [...steps].map(([step, tools], at) => ({
      job: `${place}: ${step}`,
      bytes,
      tools: tools.map((row) => toolOf({ ...row, tool: row.name.slice(step.length + 2) })),
      doubts: at === 0 ? doubts : [],
    }))
  })
}

function stepOf({ name }) {
  return name.replace(/: .*/, '')
}

function groups(rows) {
  const found = new Map()
  for (const row of rows) found.set(stepOf(row), [...(found.get(stepOf(row)) ?? []), row])
  return found
}

function toolOf({ tool, wall, cpu, peak, error }) {
  return error === undefined ? { tool, wall: round(wall), cpu: round(cpu), peak } : { tool, error }
}

function round(seconds) {
  return seconds === undefined ? undefined : Number(seconds.toFixed(3))
}

/** All results that are kept, in the order of the tables, small sizes first. */
export function readResults(folder = RESULTS) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .toSorted((a, b) => ORDER.indexOf(a.bench) - ORDER.indexOf(b.bench) || a.size - b.size)
}

/** The page's part that results make, as Markdown. */
export function tablesOf(results) {
  return results.map(tableOf).join('\n')
}

function tableOf({ bench, size, command, when, machine, peers, jobs }) {
  const versions = peers
    ? ` ${Object.entries(peers)
        .map((pair) => pair.join(' '))
        .join(', ')}.`
    : ''
  const lines = jobs.flatMap(({ job, tools }) => tools.map((one, at) => rowOf(at === 0 ? job : '', one, tools)))
  const notes = jobs.flatMap(({ job, tools }) => lossesOf(bench, job, tools))
  const doubts = jobs.flatMap(({ job, doubts: told = [] }) => told.map((doubt) => `- ${job}: ${doubt}`))
  const told =
    `\`${command}\` on ${when.slice(0, 10)}: ${machine.cores} cores (${machine.cpu}), ` +
    `${Math.round(machine.memory / 2 ** 30)} GiB, Node ${machine.node}, load ${machine.load} before.${versions}`
  return [
    // Some are of files or entries, which their command tells.
    command.includes('--rows') ? `### ${bench}, ${thousands(size)} rows` : `### ${bench}`,
    '',
    told,
    '',
    ...aligned([['job', 'tool', 'seconds', '× ours', 'CPU s', '× ours', 'peak MB', 'beside ours'], ...lines]),
    '',
    ...(notes.length > 0 ? ['Where ours is slower:', '', ...notes, ''] : []),
    ...(doubts.length > 0 ? ['What is doubtful:', '', ...doubts, ''] : []),
  ].join('\n')
}

function rowOf(job, { tool, wall, cpu, peak, error }, tools) {
  const name = tool.startsWith('dayshift') ? `**${tool}**` : tool
  if (error !== undefined) return [job, name, 'failed', '', '', '', '', escaped(error)]
  const ours = oursOf(tools)
  const ratio = (mine, key) => (ours?.[key] > 0 && mine !== undefined ? (mine / ours[key]).toFixed(2) : '')
  return [
    job,
    escaped(name),
    wall.toFixed(2),
    ratio(wall, 'wall'),
    cpu === undefined ? '' : cpu.toFixed(2),
    ratio(cpu, 'cpu'),
    peak === undefined ? '' : megabytes(peak),
    verdictOf({ tool, wall, cpu }, ours),
  ]
}

function oursOf(tools) {
  return tools.find(({ tool, error }) => tool === 'dayshift' && error === undefined)
}

/** By CPU seconds where there are any: they say more than wall time on a machine that others use. */
function verdictOf(one, ours) {
  if (!ours || one.tool.startsWith('dayshift')) return ''
  if (LIMITS.test(one.tool)) return 'the limit'
  const key = one.cpu > 0 && ours.cpu > 0 ? 'cpu' : 'wall'
  const ratio = one[key] / ours[key]
  if (ratio >= TIE) return 'ours is faster'
  return ratio > 1 / TIE ? 'a tie' : '**ours is slower**'
}

function lossesOf(bench, job, tools) {
  const ours = oursOf(tools)
  return tools
    .filter((one) => one.error === undefined && verdictOf(one, ours) === '**ours is slower**')
    .map(({ tool }) => {
      const why = WHY.find(([where, pattern]) => where === bench && pattern.test(`${job}: ${tool}`))
      return `- ${job}, ${tool}: ${why?.[2] ?? 'why is not known'}.`
    })
}

function escaped(text) {
  return text.replaceAll('|', String.raw`\|`)
}

/** A table as the formatter of this repository leaves it. */
function aligned(lines) {
  const right = (at) => at > 1 && at < lines[0].length - 1
  const widths = lines[0].map((_, at) => Math.max(3, ...lines.map((line) => [...line[at]].length)))
  const pad = (text, at) => {
    const space = ' '.repeat(widths[at] - [...text].length)
    return right(at) ? space + text : text + space
  }
  const rule = widths.map((width, at) => (right(at) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  const [head, ...rest] = lines.map((line) => `| ${line.map(pad).join(' | ')} |`)
  return [head, `| ${rule.join(' | ')} |`, ...rest]
}

const [BEGIN, END] = ['<!-- results: made by node bench/all.mjs -->', '<!-- /results -->']

/** A page with the tables of these results in their place. */
export function withTables(page, results) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`the page has no place for results: ${BEGIN} … ${END}`)
  return `${page.slice(0, from + BEGIN.length)}\n\n${tablesOf(results)}\n${page.slice(to)}`
}

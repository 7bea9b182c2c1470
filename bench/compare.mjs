// Tools compared: each a whole cold process, in turn, with medians in a table.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { lastLine, megabytes, thousands } from './words.mjs'

/** The slowest run over the fastest of a tool, above which a machine was too busy for its medians. */
const SPREAD = 1.5

/**
 * Runs a script of this folder: wall time from outside, the rest as its last line tells it.
 *
 * @param {string} program
 * @param {readonly string[]} words the script first
 * @param {string} cwd
 */
export function costOf(program, [script, ...words], cwd) {
  const path = join(import.meta.dirname, script)
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  const began = performance.now()
  const { status, signal, stdout, stderr } = spawnSync(program, [path, ...words], { encoding: 'utf8', cwd, env })
  const wall = (performance.now() - began) / 1000
  if (status !== 0) return { wall, error: lastLine(stderr) || `ended by ${signal ?? `exit code ${status}`}` }
  return { wall, ...JSON.parse(lastLine(stdout)) }
}

/**
 * Each tool once, then each again; then the medians, in a table.
 *
 * @param {readonly (readonly [tool: string, how: string])[]} list ours first
 * @param {number} turns
 * @param {(tool: string) => object} run
 */
export function inTurn(list, turns, run) {
  const tools = list.map(([tool, how]) => ({ tool, how, runs: [] }))
  for (const { tool, how } of tools) console.log(`  ${tool}: ${how}`)
  console.log()
  for (let turn = 0; turn < turns; turn++) {
    for (const one of tools) one.runs.push(run(one.tool))
  }
  for (const one of tools) Object.assign(one, summaryOf(one.runs))
  printTools(tools)
  return tools
}

function summaryOf(costs) {
  const good = costs.filter(({ error }) => error === undefined)
  if (good.length < costs.length) return { error: costs.find(({ error }) => error !== undefined).error }
  const walls = good.map(({ wall }) => wall)
  return {
    wall: median(walls),
    range: [Math.min(...walls), Math.max(...walls)],
    inside: median(good.map(({ seconds }) => seconds)),
    cpu: median(good.map(({ cpu }) => cpu)),
    peak: median(good.map(({ peak }) => peak)),
    rows: good[0].rows,
  }
}

function printTools(tools) {
  const ours = tools[0].wall
  printTable([
    ['', 'median s', 'range', '× ours', 'CPU s', 'peak MB', 'rows'],
    ...tools.map(({ tool, error, wall, range, cpu, peak, rows }) =>
      error === undefined
        ? [
            tool,
            wall.toFixed(2),
            range.map((second) => second.toFixed(2)).join('–'),
            ours === undefined ? '' : (wall / ours).toFixed(2),
            cpu.toFixed(2),
            megabytes(peak),
            rows === undefined ? '' : thousands(rows),
          ]
        : [tool, 'failed', '', '', '', '', ''],
    ),
  ])
  for (const { tool, error } of tools) if (error !== undefined) console.log(`! ${tool}: ${error}`)
}

/**
 * The first column is flush left, the others are flush right.
 *
 * @param {readonly (readonly string[])[]} lines
 */
export function printTable(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  for (const line of lines) {
    const cells = line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
    console.log(cells.join('  ').trimEnd())
  }
}

/** What shows that something else ran at the same time. */
export function unrest(tools) {
  const apart = tools.filter(({ range }) => range && range[1] > range[0] * SPREAD && range[1] - range[0] > 0.5)
  if (apart.length === 0) return []
  const names = apart.map(({ tool }) => tool).join(', ')
  return [`the machine was busy with something else: runs lie far apart (${names}). Hold to CPU s and the lowest times`]
}

/** Peak memory and seconds of one run, in a cell. */
export function memoryCell({ error, peak, wall }) {
  return error === undefined ? `${megabytes(peak)} (${wall.toFixed(1)} s)` : 'failed'
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1]
}

// What the benchmarks beside DVC have in common: the real one in an environment of its own, files of data, and a table.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { printTable } from './compare.mjs'
import { lastLine, megabytes, stop } from './words.mjs'

/** The version that is measured beside. */
export const DVC = '3.67.1'
const DAYSHIFT = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')

/**
 * Installs Python packages into an environment of their own, once a machine.
 *
 * @param {string} folder
 * @param {string} name of the environment within
 * @param {readonly string[]} requirements as pip takes them
 */
export function installPython(folder, name, requirements) {
  const place = join(folder, `peer-${name}`)
  if (existsSync(join(place, 'installed'))) return place
  console.log(`Installing ${requirements.join(' ')} in ${place} …`)
  need(folder, 'python3', ['-m', 'venv', place])
  need(folder, join(place, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements])
  writeFileSync(join(place, 'installed'), '')
  return place
}

/**
 * Has DVC and git run with nothing of this machine's own settings: for this process and those that it starts.
 *
 * @param {string} folder
 */
export function withoutSettings(folder) {
  Object.assign(process.env, {
    HOME: folder,
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: join(folder, 'site'),
    DVC_GLOBAL_CONFIG_DIR: join(folder, 'config'),
    GIT_CONFIG_GLOBAL: '/dev/null',
  })
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(join(folder, 'config', 'config'), '[core]\n    check_update = false\n')
}

/** The words that start a tool's command for data. */
export function commandOf(home, tool, words) {
  return tool === 'dvc' ? [join(home, 'bin', 'dvc'), ...words] : [process.execPath, DAYSHIFT, 'dvc', ...words]
}

/** Files that all differ, a thousand a folder: equal ones would be one object. */
export function makeData(place, { count, bytes }) {
  const piece = Buffer.alloc(Math.min(bytes, 1 << 20))
  for (let at = 0; at < count; at++) {
    const within = join(place, String(Math.floor(at / 1000)))
    if (at % 1000 === 0) mkdirSync(within, { recursive: true })
    const file = openSync(join(within, `${at}.txt`), 'w')
    const seed = createHash('sha512').update(String(at)).digest()
    for (let from = 0; from < piece.length; from += seed.length) seed.copy(piece, from)
    for (let written = 0; written < bytes;)
      written += writeSync(file, piece, 0, Math.min(piece.length, bytes - written))
    closeSync(file)
  }
}

/** Runs what has to succeed, and ends where it does not. */
export function need(cwd, program, words) {
  const { status, stderr, error } = spawnSync(program, words, { cwd, encoding: 'utf8' })
  if (status !== 0) stop(`${program} ${words.join(' ')}: ${error?.message ?? lastLine(stderr)}`)
}

/** Puts a cost with the others of its name; one that failed ends the measurement. */
export function keepCost(measured, name, cost) {
  if (cost.error !== undefined) stop(`${name}: ${cost.error}`)
  measured.set(name, [...(measured.get(name) ?? []), cost])
}

/**
 * Prints the medians of all that was measured, beside our own of the same step.
 *
 * @param {ReadonlyMap<string, readonly object[]>} measured costs by `step: tool`
 */
export function printSteps(measured) {
  const rows = [...measured].map(([name, costs]) => ({ name, ...middle(costs), runs: costs }))
  const oursOf = ({ name }) => rows.find((row) => row.name === name.replace(/: .*/, ': dayshift'))
  printTable([
    ['', 'median s', 'range', '× ours', 'CPU s', '× ours', 'peak MB'],
    ...rows.map((row) => cells(row, oursOf(row))),
  ])
  return rows
}

function middle(costs) {
  const of = (key) => costs.map((cost) => cost[key]).toSorted((a, b) => a - b)
  const walls = of('wall')
  const half = costs.length >> 1
  return { wall: walls[half], range: [walls[0], walls.at(-1)], cpu: of('cpu')[half], peak: of('peak')[half] }
}

function cells({ name, wall, range, cpu, peak }, ours) {
  return [
    name,
    wall.toFixed(2),
    range.map((second) => second.toFixed(2)).join('–'),
    ours ? (wall / ours.wall).toFixed(1) : '',
    cpu.toFixed(2),
    ours ? (cpu / ours.cpu).toFixed(1) : '',
    megabytes(peak),
  ]
}

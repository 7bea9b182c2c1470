// What a benchmark needs before it measures: the machine's words, files of rows, and peers.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { rowFiles } from './rows.mjs'
import { lastLine, megabytes, stop, thousands } from './words.mjs'

/** Bytes on disk for a row: 81 as CSV, 21 as Parquet, and room for what is written. */
const ROW_BYTES = 130

/** The machine as JSON has it, told in a line. */
export function tellMachine() {
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model.trim(),
    cores: availableParallelism(),
    memory: totalmem(),
    load: Number(loadavg()[0].toFixed(2)),
  }
  console.log(
    `node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memory / 2 ** 30)} GiB, ` +
      `load ${machine.load} before`,
  )
  return machine
}

/**
 * The files of so many rows, made where they are not there.
 *
 * @param {number} rows
 * @param {{ folder: string, quoted?: boolean, bad?: number }} options as `rowFiles` takes them
 */
export function makeFiles(rows, options) {
  const there = rowFiles(rows, options)
  if (there.bytes) return there
  const { folder, quoted = false, bad = 0 } = options
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < rows * ROW_BYTES) {
    stop(
      `${thousands(rows)} rows need ${megabytes(rows * ROW_BYTES)} MB in ${folder}, ` +
        `which has ${megabytes(bavail * bsize)}; give another --folder`,
    )
  }
  console.log(`Making ${thousands(rows)} rows${bad > 0 ? `, ${bad} % of them bad,` : ''} in ${folder} …`)
  const words = [join(import.meta.dirname, 'rows.mjs'), String(rows), '--folder', folder, '--bad', String(bad)]
  const { status, stderr } = spawnSync(process.execPath, quoted ? [...words, '--quoted'] : words, { encoding: 'utf8' })
  if (status !== 0) stop(`the rows could not be made: ${lastLine(stderr)}`)
  return rowFiles(rows, options)
}

/** Removes the files of so many rows. */
export function removeFiles(rows, options) {
  const { csv, parquet, made } = rowFiles(rows, options)
  for (const file of [csv, parquet, made]) rmSync(file, { force: true })
}

/**
 * Installs peers into a virtual environment of their own, once a machine, and tells their versions.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} packages versions by names, as pip takes them
 * @param {string} script of this folder, which prints its table of jobs
 * @returns nothing where that is not possible
 */
export function installPeers(folder, packages, script) {
  const wanted = Object.entries(packages).map((pair) => pair.join('=='))
  const home = join(folder, `peers-${Object.values(packages).join('-')}`)
  const python = join(home, 'bin', 'python')
  const marker = join(home, 'installed')
  if (!existsSync(marker)) {
    console.log(`Installing ${wanted.join(', ')} in ${home} …`)
    rmSync(home, { recursive: true, force: true })
    for (const { program, words } of [
      { program: 'python3', words: ['-m', 'venv', home] },
      { program: python, words: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted] },
    ]) {
      const { status, error, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
      if (status !== 0) return alone(error ? `${program} is not here` : lastLine(stderr) || lastLine(stdout))
    }
    writeFileSync(marker, '')
  }
  const { status, stdout, stderr } = spawnSync(python, ['-B', join(import.meta.dirname, script)], { encoding: 'utf8' })
  if (status !== 0) return alone(lastLine(stderr))
  const table = JSON.parse(stdout)
  const list = Object.entries(table.versions).map((pair) => pair.join(' '))
  console.log(`${list.join(', ')}, Python ${table.python}`)
  return { python, table }
}

function alone(why) {
  console.log(`No peers, so dayshift runs alone: ${why}`)
}

// The whole workflow, beside the same seven steps with pandas, Pandera, DVC and scipy: whole cold processes in turn, each on a project
// of its own, then each again on unchanged data.
// node bench/run.mjs [--help]
import { copyFileSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costOf } from './compare.mjs'
import { DVC, installPython, keepCost, need, printSteps, withoutSettings } from './dvc-peer.mjs'
import { installPeers, makeFiles, tellMachine } from './prepare.mjs'
import { FOLDER } from './rows.mjs'
import { megabytes, needRoom, stop, thousands, wholeNumber } from './words.mjs'

const HELP = `node bench/run.mjs [options]

  --rows N          rows of the file, and of the one that it is compared with (default: 10000000)
  --forms a,b       csv, parquet (default: both)
  --runs N          of each tool, the median counts (default: 3)
  --folder FOLDER   where files and peers are kept for the next time (default: ${FOLDER})
  --json FILE       write every run, with machine and versions
`
const PEERS = { 'pandera[pandas]': '0.33.1', pandas: '3.1.1', pyarrow: '26.0.1', scipy: '1.17.1' }
const THEIRS = 'pandas, Pandera, DVC, scipy'
const OURS = 'dayshift'
const PROGRAM = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
/** Of the rows compared with, so many percent are bad, and all others the same. */
const BEFORE = { bad: 1 }

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    forms: { type: 'string', default: 'csv,parquet' },
    runs: { type: 'string', default: '3' },
    folder: { type: 'string', default: FOLDER },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  process.exit()
}
if (!existsSync(new URL('../apps/cli/dist/main.js', import.meta.url))) stop('first: npm run build')
const folder = resolve(flags.folder)
const rows = wholeNumber(flags.rows, '--rows')
const runs = wholeNumber(flags.runs, '--runs')
const forms = flags.forms.split(',')
for (const form of forms)
  if (form !== 'csv' && form !== 'parquet') stop(`there is no form ${form}; forms are csv, parquet`)
mkdirSync(folder, { recursive: true })
const projects = join(folder, 'projects')
rmSync(projects, { recursive: true, force: true })
const machine = tellMachine()
const peers = installPeers(folder, PEERS, 'run_peers.py')
const home = installPython(folder, DVC, [`dvc==${DVC}`])
const files = makeFiles(rows, { folder })
const before = makeFiles(rows, { folder, ...BEFORE })
withoutSettings(folder)

const config = (form) => `import { sql } from '@dayshift/core'
import { defineContract } from '@dayshift/validate'
import { defineProject } from 'dayshift'
import { z } from 'zod'
import { contractOf } from '${new URL('contract.mjs', import.meta.url).href}'
import etl from '${new URL('etl.mjs', import.meta.url).href}'

export default defineProject({
  name: 'bench',
  datasets: {
    rows: {
      source: 'data/rows.${form}',
      prototype: { fraction: '1%', seed: 42, etl },
      contract: contractOf({ z, sql, defineContract }, { key: true }),
      freshness: { maxAge: '24h' },
      drift: { reference: 'data/before.${form}', columns: ['amount', 'quantity'], detectors: ['ks'] },
    },
  },
})
`
let made = 0
const results = forms.map((form) => {
  console.log(
    `\n${thousands(rows)} rows, ${form}, ${megabytes(files.bytes[form])} MB; whole processes in turn, median of ${runs}\n`,
  )
  const measured = new Map()
  const doubts = new Set()
  for (let run = 0; run < runs; run++) {
    const found = {}
    for (const tool of peers ? [OURS, THEIRS] : [OURS]) found[tool] = measure(form, tool, measured)
    keepCost(
      measured,
      'first run: plain read',
      costOf(process.execPath, ['ours.mjs', 'plain read', 'x', files[form], 'x'], folder),
    )
    if (peers) for (const doubt of disagreements(found)) doubts.add(doubt)
  }
  const steps = printSteps(measured)
  for (const doubt of doubts) console.log(`! ${doubt}`)
  return { job: form, bytes: files.bytes[form], rows: steps, doubts: [...doubts] }
})
if (flags.json !== undefined) {
  const told = { when: new Date().toISOString(), machine, rows, peers: { ...peers?.table.versions, dvc: DVC }, results }
  writeFileSync(flags.json, `${JSON.stringify(told, undefined, 2)}\n`)
}

/** A first run of a new project, and another on the same data. */
function measure(form, tool, measured) {
  // Both files, the cached copy, and room for what else is written.
  needRoom(folder, 4 * files.bytes[form])
  const project = join(projects, String(made++))
  try {
    mkdirSync(join(project, 'data'), { recursive: true })
    copyFileSync(files[form], join(project, 'data', `rows.${form}`), constants.COPYFILE_FICLONE)
    copyFileSync(before[form], join(project, 'data', `before.${form}`), constants.COPYFILE_FICLONE)
    writeFileSync(join(project, 'dayshift.config.ts'), config(form))
    need(project, 'git', ['init', '--quiet'])
    need(project, join(home, 'bin', 'dvc'), ['init', '--quiet'])
    const theirs = [peers?.python, join(import.meta.dirname, 'run_peers.py'), project, form, join(home, 'bin', 'dvc')]
    const words = tool === OURS ? [process.execPath, PROGRAM, 'run'] : theirs
    for (const step of ['first run', 'again, unchanged']) {
      keepCost(measured, `${step}: ${tool}`, costOf(join(home, 'bin', 'python'), ['dvc_cost.py', ...words], project))
    }
    return tool === OURS ? ourFacts(project) : JSON.parse(readFileSync(join(project, 'theirs.json'), 'utf8'))
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** What our reports say that the peers' script says too. */
function ourFacts(project) {
  const text = readFileSync(join(project, '.dayshift', 'reports.jsonl'), 'utf8')
  const facts = {}
  for (const line of text.trimEnd().split('\n')) {
    const { kind, report } = JSON.parse(line)
    const told = report ?? JSON.parse(line)
    facts[told.kind ?? kind] = told.facts
  }
  return {
    sampled: facts.prototype.sampledRows,
    failures: facts.validate.checks.reduce((sum, { failed }) => sum + failed, 0),
    stale: facts.freshness.state !== 'fresh',
    d: Object.fromEntries(facts.drift.columns.map(({ column, statistic }) => [column, statistic])),
  }
}

function disagreements({ [OURS]: ours, [THEIRS]: theirs }) {
  const found = ['sampled', 'failures', 'stale'].filter((key) => ours[key] !== theirs[key])
  const apart = Object.entries(theirs.d).filter(([column, d]) => !(Math.abs(d - ours.d[column]) <= 1e-12))
  return [
    ...found.map((key) => `${key}: ${OURS} found ${ours[key]}, ${THEIRS} ${theirs[key]}`),
    ...apart.map(([column, d]) => `D of ${column}: ${OURS} found ${ours.d[column]}, ${THEIRS} ${d}`),
  ]
}

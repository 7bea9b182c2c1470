// How long a person waits for the first answer: whole processes, in turn with a bare `node`, medians of 15.
// node bench/start.mjs [--json FILE]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tellMachine } from './prepare.mjs'

const { values: flags } = parseArgs({ options: { json: { type: 'string' } } })
const machine = tellMachine()
const program = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-bench-'))
writeFileSync(join(folder, 'a.csv'), 'age,country\n30,US\n45,UK\n')
writeFileSync(join(folder, 'b.csv'), 'age,country\n31,US\n44,UK\n')
writeFileSync(
  join(folder, 'contract.ts'),
  "import { z } from 'zod'\nexport default z.object({ age: z.int().min(0).max(120), country: z.enum(['US', 'UK']) })\n",
)

const JOBS = [
  ['node -e 0', ['-e', '0']],
  ['dayshift --help', [program, '--help']],
  ['dayshift --version', [program, '--version']],
  ['dayshift freshness', [program, 'freshness', 'a.csv']],
  ['dayshift prototype', [program, 'prototype', 'a.csv']],
  ['dayshift validate', [program, 'validate', 'a.csv', '--contract', 'contract.ts']],
  ['dayshift drift', [program, 'drift', 'a.csv', 'b.csv']],
]
const RUNS = 15

const times = JOBS.map(() => [])
for (let run = -1; run < RUNS; run++) {
  JOBS.forEach(([name, words], at) => {
    const began = performance.now()
    const { status } = spawnSync(process.execPath, words, { cwd: folder, stdio: 'ignore' })
    if (status !== 0) throw new Error(`${String(name)} exited with ${status}`)
    if (run >= 0) times[at].push(performance.now() - began)
  })
}
rmSync(folder, { recursive: true, force: true })

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]
const bare = median(times[0])
console.log(`ms, median of ${RUNS}`)
JOBS.forEach(([name], at) => {
  const time = median(times[at])
  console.log(`${name.padEnd(20)} ${time.toFixed(0).padStart(5)}   ${(time / bare).toFixed(2)} × bare node`)
})
if (flags.json !== undefined) {
  const [[limit], ...ours] = JOBS
  const jobs = ours.map(([name], at) => ({
    job: name.replace('dayshift ', ''),
    tools: [
      { tool: 'dayshift', wall: median(times[at + 1]) / 1000 },
      { tool: limit, wall: bare / 1000 },
    ],
  }))
  const told = { when: new Date().toISOString(), machine, jobs }
  writeFileSync(flags.json, `${JSON.stringify(told)}\n`)
}

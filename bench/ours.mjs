// Our side of bench/frame.mjs: one job in one process, whose last line is what it cost.
// node bench/ours.mjs TOOL JOB FILE OUT
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'

const [tool, job, file, out] = process.argv.slice(2)
const began = performance.now()
const result = { rows: undefined, facts: undefined }

// On exit and past the console, since the command line ends the process itself and keeps standard output for its own.
process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const seconds = (performance.now() - began) / 1000
  const cost = { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: peakBytes(), ...result }
  writeSync(1, `${JSON.stringify(cost)}\n`)
})

if (tool === 'plain read') readAll(file)
else if (tool === 'dayshift prototype') await commandLine()
else await library()

async function library() {
  const { open } = await import(new URL('../packages/core/dist/index.js', import.meta.url).href)
  const frame = await open(file)
  const drawn = frame.sample({ fraction: '1%' })
  if (job.startsWith('sample-')) await drawn.write(out)
  else if (job.startsWith('count-')) result.rows = await drawn.count()
  else if (job.startsWith('etl-')) await (await import('./etl.mjs')).default(drawn).write(out)
  else {
    const { rows, columns } = await frame.profile(tool === 'dayshift lean' ? { top: 0, bins: 1, quantiles: [] } : {})
    result.rows = rows
    result.facts = Object.fromEntries(
      columns.map(({ name, nulls, distinct, min, max, mean, sd, quartiles }) => [
        name,
        [nulls, distinct, min, max, ...(mean === undefined ? [] : [mean, sd, ...quartiles])],
      ]),
    )
  }
}

/** The whole command, with its report: it also counts the source's rows and profiles the output. */
async function commandLine() {
  const program = new URL('../apps/cli/bin/dayshift.js', import.meta.url)
  const etl = new URL('etl.mjs', import.meta.url)
  process.argv = [process.execPath, program.pathname, 'prototype', file, '--etl', etl.pathname, '--out', out]
  await import(program.href)
}

/** The physical limit: every byte of the file, looked at by nobody. */
function readAll(path) {
  const input = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(4 << 20)
  while (readSync(input, buffer, 0, buffer.length, null) > 0);
  closeSync(input)
}

/** Linux tells the peak of this program alone; elsewhere it includes the parent's at the time of the fork. */
function peakBytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

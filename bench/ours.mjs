// Our side of bench/frame.mjs: one job in one process, whose last line is what it cost.
// node bench/ours.mjs TOOL JOB FILE OUT
import { readAll, tellCost } from './cost.mjs'

const [tool, job, file, out] = process.argv.slice(2)
const result = { rows: undefined, facts: undefined }
tellCost(() => result)

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

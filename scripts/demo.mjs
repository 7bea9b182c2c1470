// The main job, from nothing: makes the example project in a new folder and runs its seven steps.
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const program = join(root, 'apps', 'cli', 'bin', 'dayshift.js')
const folder = join(mkdtempSync(join(tmpdir(), 'dayshift-demo-')), 'greenhouse')

for (const words of [
  ['init', '--example', folder],
  ['run', '--cwd', folder, '--verbose'],
]) {
  console.log(`\n$ dayshift ${words.join(' ')}\n`)
  const { status } = spawnSync(process.execPath, [program, ...words], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
console.log(`
The project is in ${folder}
  data/readings.csv.dvc      the version, as DVC writes it
  data_catalog.jsonl         the catalog
  metadata_log.jsonl         the lineage, OpenLineage events
  .dayshift/reports.jsonl    every report

Try more there: npx dayshift run --cwd ${folder}`)

// Every changeset must name packages of the workspace, and the release plan must come together.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-changesets-'))
const plan = join(folder, 'plan.json')
const { status } = spawnSync('changeset', ['status', `--output=${relative('.', plan)}`], { stdio: 'inherit' })
if (status === 0) {
  const { releases } = JSON.parse(readFileSync(plan, 'utf8'))
  for (const { name, type, newVersion } of releases) console.log(`${name}: ${type}, ${newVersion}`)
}
rmSync(folder, { recursive: true, force: true })
process.exit(status ?? 1)

// Installs what the lockfile names, with the pnpm that package.json names, where that has not been done yet.
// Needs Node and npm only: a global pnpm is neither needed nor used.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const wanted = join(root, 'pnpm-lock.yaml')
const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml')

if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) {
  process.exit(0)
}

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
console.error(`setup: installing dependencies with ${packageManager}`)
const windows = process.platform === 'win32'
const run = spawnSync(
  windows ? 'npx.cmd' : 'npx',
  ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'],
  { cwd: root, stdio: ['ignore', 2, 2], shell: windows },
)
if (run.error) console.error(`setup: ${run.error.message}`)
process.exit(run.status ?? 1)

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCommand } from '../../src/commands.ts'
import { DVC_COMMANDS, DVC_LATER } from '../../src/dvc/commands.ts'
import { dayshift, newFolder } from '../cli.ts'
import { dvc } from './repository.ts'

const folder = newFolder()
const NAMES = Object.keys(DVC_COMMANDS)

test('dayshift dvc lists every command, and what is not there yet, without loading the package', async () => {
  // Says which files of the packages are loaded.
  writeFileSync(
    join(folder, 'hooks.mjs'),
    "import { writeSync } from 'node:fs'\nexport const load = (url, context, next) => (url.includes('/packages/') && writeSync(2, `${url}\\n`), next(url, context))\n",
  )
  writeFileSync(
    join(folder, 'trace.mjs'),
    "import { register } from 'node:module'\nregister('./hooks.mjs', import.meta.url)\n",
  )
  const env = { NODE_OPTIONS: '--import ./trace.mjs' }
  const listed = await dayshift(folder, ['dvc', '--help'], { env })
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  for (const name of NAMES) expect(listed.stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  for (const name of DVC_LATER.keys()) expect(listed.stdout).toContain(` ${name}`)
  expect(listed.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect((await dayshift(folder, ['dvc', 'root'], { env })).stderr).toContain('/packages/dvc/')
  expect(await dvc(folder)).toEqual({ ...listed, code: 2 })
  expect(await dvc(folder, 'help')).toEqual(listed)
  expect(await dayshift(folder, ['help', 'dvc'])).toEqual(listed)
})

test.each(NAMES)('help on dvc %s tells its words, every flag, and examples', async (name) => {
  const { code, stdout } = await dvc(folder, ...name.split(' '), '--help')
  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: dayshift dvc ${name}`)
  const { flags, examples } = await loadCommand(`dvc ${name}`)
  for (const flag of Object.keys(flags)) expect(stdout).toContain(`--${flag}`)
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) expect(example).toContain(`dayshift dvc ${name}`)
})

test.each([
  [['stat'], "'dvc stat' is not a command\n  Did you mean 'dvc status'?"],
  [['repro'], 'dayshift dvc repro is not there yet: pipelines are DVC’s own\n  Use DVC’s own, dvc repro'],
  [['cache'], "'dvc cache' is not a command by itself\n  There is dayshift dvc cache dir, dayshift dvc cache migrate"],
  [['add', '--fource', 'a'], '--fource is not a flag of this command\n  Did you mean --force?'],
  [['status', '--all-tags'], '--all-tags goes with --cloud'],
  [
    ['data', 'status', '--no-remote-refresh'],
    '--no-remote-refresh is not there yet: it comes with a record of what it has',
  ],
  [['data', 'status', '-r', 'a'], '--remote goes with --not-in-remote'],
  [['add', '-o', 'a', 'b'], '--out goes with --to-remote'],
  [['add', '--to-remote', 'a', 'b'], '--to-remote takes one path or address at a time'],
  [['add'], 'a path is missing'],
  [['check-ignore', '-n', 'a'], '--non-matching is only valid with --details'],
  [['config', '--local', '--global', 'core.remote'], '--local and --global are given: only one may be'],
])('%j is refused before anything is done', async (words, message) => {
  const { code, stdout, stderr } = await dvc(folder, ...words)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})

test('with --json an error is one document too', async () => {
  const { code, stdout } = await dvc(folder, 'status', '--json')
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ command: 'dvc status', error: { code: 'DS_DVC_REPO_MISSING' } })
})

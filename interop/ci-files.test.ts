import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ciFiles } from '../apps/cli/src/init/ci.ts'
import { canInstall, installPeer } from './peer.ts'
import { PYTHON_PEERS } from './peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-ci-'))
const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'diff.md'), 'utf8')
const [github = '', gitlab = ''] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code]) => String(code))

/** The files by whose schema they are of. */
const FILES = [
  ...ciFiles('github').map(({ path, text }) => ['github', path, text] as const),
  ...ciFiles('gitlab').map(({ path, text }) => ['gitlab', path, text] as const),
  ['github', 'docs/diff.md', github],
  ['gitlab', 'docs/diff.md', gitlab],
] as const

const SCHEMAS = {
  github: ['--builtin-schema', 'vendor.github-workflows'],
  // GitLab has tags of its own, as !reference.
  gitlab: ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'],
} as const

let bin = ''
beforeAll(async () => {
  if (canInstall) bin = await installPeer(PYTHON_PEERS.ci)
}, 300_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function check(service: keyof typeof SCHEMAS, text: string): Promise<string> {
  const file = join(folder, `${service}.yml`)
  writeFileSync(file, text)
  const run = promisify(execFile)(join(bin, 'check-jsonschema'), [...SCHEMAS[service], file])
  return run.then(
    () => 'holds',
    ({ stdout }: { readonly stdout: string }) => stdout,
  )
}

test.skipIf(!canInstall).each(FILES)('%s takes %s', { timeout: 60_000 }, async (service, _path, text) => {
  expect(text).toContain('dayshift')
  expect(await check(service, text)).toBe('holds')
  // What is checked can fail.
  expect(await check(service, text.replaceAll('image:', 'images:').replaceAll('runs-on:', 'runs-at:'))).not.toBe(
    'holds',
  )
})

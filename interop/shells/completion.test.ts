import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { unpackDebPeer } from '../peer.ts'
import { DEB_PEERS } from '../peers.ts'

const program = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')

/** Shells that this machine need not have, unpacked from Debian's packages; undefined where these cannot be had. */
const home = await unpackDebPeer(DEB_PEERS.shells.name, DEB_PEERS.shells.packages).catch(() => undefined)
if (home === undefined) console.warn('interop: zsh and fish cannot be fetched, so completion is not held against them')

function run(shell: string, words: readonly string[], input = ''): string {
  const libraries = readdirSync(join(home as string, 'usr', 'lib')).map((folder) =>
    join(home as string, 'usr', 'lib', folder),
  )
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':'), HOME: home }
  return execFileSync(join(home as string, shell), words, { encoding: 'utf8', env, input })
}

describe.skipIf(home === undefined)('shells', () => {
  beforeAll(() => {
    for (const shell of ['zsh', 'fish']) {
      writeFileSync(
        join(home as string, `dayshift.${shell}`),
        execFileSync(process.execPath, [program, 'completion', shell]),
      )
    }
  })

  test.each([
    ['dayshift ca', ['catalog']],
    ['dayshift catalog se', ['search']],
    ['dayshift dvc cache ', ['dir', 'migrate']],
    ['dayshift validate data.csv --fail-o', ['--fail-on']],
    ['dayshift validate --fail-on ', ['error', 'never', 'warn']],
    ['dayshift drift --correction b', ['bh', 'bonferroni', 'by']],
  ])('fish completes %j', (line, expected) => {
    const script = `source ${join(home as string, 'dayshift.fish')}; complete -C ${JSON.stringify(line)}`
    const out = run('usr/bin/fish', ['--no-config', '-c', script])
    const found = out
      .trimEnd()
      .split('\n')
      .map((one) => one.split('\t')[0])
    expect(found).toEqual(expected)
  })

  test('zsh reads its script', () => {
    expect(run('bin/zsh', ['-f', '-n', join(home as string, 'dayshift.zsh')])).toBe('')
    const words = 'compdef() { print "$@" }; source "$1"; functions _dayshift'
    const out = run('bin/zsh', ['-f', '-c', words, 'zsh', join(home as string, 'dayshift.zsh')])
    expect(out).toMatch(/^_dayshift dayshift\n/)
    expect(out).toContain('catalog')
  })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allCommandNames, loadCommand } from '../src/commands.ts'
import { bashScript } from '../src/completion/bash.ts'
import { completableOf, nextWords, type Completable } from '../src/completion/completable.ts'
import { fishScript } from '../src/completion/fish.ts'
import { zshScript } from '../src/completion/zsh.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let commands: Completable[] = []
beforeAll(async () => {
  commands = await Promise.all(allCommandNames().map(async (name) => completableOf(await loadCommand(name))))
  writeFileSync(join(folder, 'dayshift.bash'), bashScript(commands))
  writeFileSync(join(folder, 'data file.csv'), '')
})

/** What bash completes the last of some words to. */
function completed(...words: string[]): string[] {
  const script = `
    source dayshift.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _dayshift
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['-c', script, 'bash', 'dayshift', ...words], { cwd: folder, encoding: 'utf8' })
  return out.trimEnd().split('\n')
}

describe('bash completes', () => {
  test.each<[string, string[], string[]]>([
    ['commands', ['ca'], ['catalog']],
    ['commands beneath a word', ['catalog', 'se'], ['search']],
    ['commands two words deep', ['dvc', 'cache', ''], ['dir', 'migrate']],
    ['flags', ['validate', 'data.csv', '--fail-'], ['--fail-on']],
    ['values of a flag', ['validate', '--fail-on', ''], ['error', 'warn', 'never']],
    [
      'values after an equals sign, which is a word of its own',
      ['drift', '--correction', '=', 'b'],
      ['bonferroni', 'bh', 'by'],
    ],
    ['formats that a command has', ['infer', '--format', ''], ['text', 'json']],
    ['files, with spaces too', ['validate', 'da'], ['data file.csv', 'dayshift.bash']],
    ['files as values of a flag', ['validate', '--contract', 'data'], ['data file.csv']],
    ['nothing where nothing fits', ['nonsense', '--x'], ['']],
  ])('%s', (_, words, expected) => {
    expect(completed(...words).toSorted()).toEqual(expected.toSorted())
  })
})

test('every command and flag is in every script', () => {
  const [bash, zsh, fish] = [bashScript(commands), zshScript(commands), fishScript(commands)]
  expect(commands.length).toBeGreaterThan(60)
  for (const { name, flags } of commands) {
    expect(bash).toContain(`'${name}') flags='`)
    expect(zsh).toContain(`'${name}') specs=(`)
    for (const flag of flags) expect(fish).toContain(` -l ${flag.name}`)
  }
})

const one = (name: string): Completable => ({ name, summary: '', flags: [] })

test('words lead to the words that follow', () => {
  expect([...nextWords([one('b c d'), one('a'), one('b c')], ['help'])]).toEqual([
    ['', ['a', 'b', 'help']],
    ['b', ['c']],
    ['b c', ['d']],
  ])
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commonFlags } from '../src/flags.ts'
import { loadCommand } from '../src/commands.ts'
import { dayshift, newFolder } from './cli.ts'

const folder = newFolder()
const COMMANDS = [
  'init',
  'run',
  'prototype',
  'validate',
  'version',
  'register',
  'log',
  'freshness',
  'drift',
  'infer',
  'compare',
  'versions',
  'diff',
  'report',
  'profile',
  'history',
]

test('help names every command, and loads no engine', async () => {
  // Says on exit which native modules were loaded.
  writeFileSync(
    join(folder, 'trace.cjs'),
    "process.on('exit', () => process.stderr.write(Object.keys(require.cache).filter((path) => path.includes('duckdb')).join('\\n')))",
  )
  const { code, stdout, stderr } = await dayshift(folder, ['--help'], {
    env: { NODE_OPTIONS: '--require ./trace.cjs' },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  const opened = await dayshift(folder, ['prototype', 'trace.cjs', '--as', 'csv'], {
    env: { NODE_OPTIONS: '--require ./trace.cjs' },
  })
  expect(opened.stderr).toContain('duckdb')
})

test.each(COMMANDS)('help on %s tells its words, every flag, and examples that parse', async (name) => {
  const { code, stdout } = await dayshift(folder, [name, '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: dayshift ${name}`)
  const { flags, examples } = await loadCommand(name)
  for (const flag of [...Object.keys(flags), ...Object.keys(commonFlags)]) expect(stdout).toContain(`--${flag}`)
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) expect(example).toMatch(new RegExp(`^(.+ \\| )?dayshift ${name}`))
})

test.each(['exit-codes', 'formats', 'project', 'drift'])('dayshift help %s', async (topic) => {
  const { code, stdout } = await dayshift(folder, ['help', topic])
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(300)
})

test('the version is that of the package', async () => {
  const { stdout } = await dayshift(folder, ['--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('help and refusals name the formats that a command takes, and no others', async () => {
  const wrap = (await dayshift(folder, ['lineage', 'wrap', '--help'])).stdout
  expect(wrap).not.toMatch(/--(format|json|output)\b/)
  expect(wrap).toContain('--quiet')
  for (const [words, formats] of [
    [['lineage', 'send'], 'text, json'],
    [['lineage', 'graph'], 'text, json, html, mermaid, dot, csv'],
    [['log'], 'text, json, jsonl, markdown, junit, github, html'],
  ] as const) {
    expect((await dayshift(folder, [...words, '--help'])).stdout).toContain(` ${formats} (default: text)`)
    const refused = await dayshift(folder, [...words, '--format', 'bogus'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`--format is ${formats}; not`) as string })
  }
})

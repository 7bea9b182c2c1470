import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { findReport, type AnyReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { newFolder, start, type Ran } from './cli.ts'

const folder = newFolder()
const TABLE = 'a,b\n1,x\n2,y\n'
writeFileSync(join(folder, 'a.csv'), TABLE)
writeFileSync(
  join(folder, 'c.ts'),
  "import { z } from 'zod'\nexport default z.object({ a: z.int().max(1), b: z.string() })\n",
)

function piped(input: string | Uint8Array, ...words: string[]): Promise<Ran> {
  const running = start(folder, words)
  running.child.stdin.end(input)
  return running.ended
}

async function reportOf(input: string | Uint8Array, ...words: string[]): Promise<AnyReport | undefined> {
  const { stdout } = await piped(input, ...words, '--json')
  return (JSON.parse(stdout) as { reports: AnyReport[] }).reports[0]
}

test.each<[string, string | Uint8Array, string[]]>([
  ['CSV', TABLE, []],
  ['CSV, gzipped', gzipSync(TABLE), []],
  ['JSON', '[{"a":1,"b":"x"},{"a":2,"b":"y"}]', []],
  ['JSON Lines', '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n', ['--as', 'jsonl']],
  ['JSON Lines, gzipped', gzipSync('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'), ['--as', 'jsonl']],
  ['what --as says', 'a;b\n1;x\n2;y\n', ['--as', 'csv', '--delimiter', ';']],
])('%s on standard input', async (_what, input, words) => {
  const report = await reportOf(input, 'prototype', '-', '--fraction', '100%', ...words)
  expect(report?.dataset).toMatchObject({ namespace: 'memory', name: 'stream' })
  expect(report && findReport([report], 'prototype')?.facts.head).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
})

test('validate and drift read it too', async () => {
  const checked = await piped(TABLE, 'validate', '-', '--contract', 'c.ts')
  expect(checked.code).toBe(1)
  expect(checked.stdout).toContain('✖ validate standard input: 1 of')
  expect(checked.stdout).toContain('row 2 (line 3)')
  const compared = await reportOf(TABLE, 'drift', 'a.csv', '-')
  expect(compared && findReport([compared], 'drift')?.facts).toMatchObject({ referenceRows: 2, currentRows: 2 })
})

test.each<[string, string[], number, string, string]>([
  ['', ['prototype', '-'], 3, 'DS_SOURCE_EMPTY', 'standard input is empty'],
  ['a,b\n1\n', ['prototype', '-'], 3, 'DS_SOURCE_MALFORMED', 'standard input:2'],
  [TABLE, ['drift', '-', '-'], 2, 'DS_USAGE', 'only one'],
  [TABLE, ['version', '-'], 2, 'DS_SOURCE_UNSUPPORTED', 'standard input cannot be taken here'],
  [TABLE, ['register', '-', '--name', 'a', '--description', 'b'], 2, 'DS_SOURCE_UNSUPPORTED', 'cannot be taken here'],
  [TABLE, ['log', '-', '--origin', 'x'], 2, 'DS_SOURCE_UNSUPPORTED', 'cannot be taken here'],
  [TABLE, ['freshness', '-'], 2, 'DS_SOURCE_UNSUPPORTED', 'cannot be taken here'],
])('%j to %j exits with %i and %s', async (input, words, code, error, says) => {
  const ran = await piped(input, ...words)
  expect(ran.code).toBe(code)
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toContain(`error ${error}: `)
  expect(ran.stderr).toContain(says)
  expect(ran.stderr).not.toContain('dayshift_stream')
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s while more is waited for ends it', async (signal) => {
  const running = start(folder, ['prototype', '-'])
  running.child.stdin.write('a,b\n1,x\n')
  // Its reader drains the pipe once the engine is there.
  await new Promise((resolve) => setTimeout(resolve, 700))
  running.child.kill(signal)
  const { code, stderr } = await running.ended
  running.child.stdin.destroy()
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
  expect(stderr).toContain('error DS_ABORTED')
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('a manifest of what was piped in draws it again when it is piped in again', async () => {
  await piped(TABLE, 'prototype', '-', '--rows', '1', '--manifest', 'm.json')
  const again = await piped(TABLE, 'prototype', '-', '--like', 'm.json')
  expect(again.stdout).toContain('1 of 2 rows sampled')
  const gone = await piped('', 'prototype', '--like', 'm.json')
  expect(gone.code).toBe(3)
  expect(gone.stderr).toContain('Give the source again')
})

const program = join(import.meta.dirname, '..', 'bin', 'dayshift.js')

test('a reader of the results that leaves is no error', () => {
  const line = `"${process.execPath}" "${program}" prototype a.csv | true`
  const { stderr } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
})

test.skipIf(spawnSync('script', ['--version']).status !== 0)('a terminal is nothing to read from', () => {
  const line = `"${process.execPath}" "${program}" prototype -`
  const { status, stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { cwd: folder, encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stdout).toContain('standard input is a terminal')
})

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

const CONTRACT = "import { z } from 'zod'\nexport const rows = z.object({ a: z.int().max(2) })\n"

function projectOf(json: unknown): string {
  const folder = newFolder()
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'a.csv'), 'a\n1\n2\n')
  writeFileSync(join(folder, 'data', 'big.csv'), 'a\n3\n')
  writeFileSync(join(folder, 'rows.ts'), CONTRACT)
  writeFileSync(
    join(folder, 'etl.ts'),
    "import type { Frame } from '@dayshift/core'\nexport const first = (frame: Frame): Frame => frame.limit(1)\n",
  )
  writeFileSync(join(folder, 'dayshift.config.json'), JSON.stringify(json, null, 2))
  return folder
}

test('a project in JSON names its contracts and ETLs, an environment lays its own over it', async () => {
  const folder = projectOf({
    name: 'p',
    datasets: { a: { source: 'data/a.csv', contract: 'rows.ts#rows', prototype: { rows: 2, etl: 'etl.ts#first' } } },
    environments: { big: { datasets: { a: { source: 'data/big.csv' } } } },
  })
  const { reports, exitCode } = await printed(join(folder, 'data'), 'run')
  expect(exitCode).toBe(0)
  expect(findReport(reports, 'prototype')?.facts).toMatchObject({ sampledRows: 2, outputRows: 1 })
  expect(await printed(folder, 'run', '--env', 'big')).toMatchObject({
    exitCode: 1,
    datasets: [{ stoppedAt: 'validate' }],
  })
  const { code } = await dayshift(folder, ['run'], { env: { DAYSHIFT_ENV: 'big' } })
  expect(code).toBe(1)
  expect(await printed(folder, 'run', '--env', 'bug')).toMatchObject({
    exitCode: 2,
    error: { hint: expect.stringContaining("'big'") },
  })
})

test('variables are put in late: only what needs one that is not set is refused', async () => {
  const folder = projectOf({
    name: 'p',
    datasets: {
      a: { source: '${env:FOLDER_KEY}/a.csv', description: '${env:FOLDER_KEY}' },
      big: { source: 'data/big.csv' },
    },
  })
  expect((await printed(folder, 'run', 'big')).exitCode).toBe(0)
  const { exitCode, error } = await printed(folder, 'run')
  expect({ exitCode, code: error?.code }).toEqual({ exitCode: 2, code: 'DS_VARIABLE' })
  expect(error?.message).toBe('datasets.a.source needs FOLDER_KEY, which the environment does not have')
  const ran = await dayshift(folder, ['run', 'a', '--output', 'told.json'], { env: { FOLDER_KEY: 'data' } })
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain('${env:FOLDER_KEY}/a.csv')
  expect(ran.stdout + ran.stderr + readFileSync(join(folder, 'told.json'), 'utf8')).not.toMatch(/\bdata\/a\.csv/)
  expect(readFileSync(join(folder, 'data_catalog.jsonl'), 'utf8')).toContain('${env:FOLDER_KEY}')
})

test('each problem is told with its line, in JSON and in TypeScript, in environments too', async () => {
  const folder = projectOf({
    name: 'p',
    datasets: { 'a.b': { source: 'a.csv', freshnes: {}, drift: { reference: 'r', detectors: ['ks', 3] } } },
    environments: { ci: { datasets: { c: { tags: 3 } } } },
  })
  const lines = readFileSync(join(folder, 'dayshift.config.json'), 'utf8').split('\n')
  const lineOf = (words: string): number => lines.findIndex((line) => line.includes(words)) + 1
  const { error } = await printed(folder, 'run')
  expect(error?.message).toContain(`line ${lineOf('freshnes')}: datasets.a.b.freshnes: no such key`)
  expect(error?.message).toContain(`line ${lineOf(' 3')}: datasets.a.b.drift.detectors.1: `)
  expect(error?.message).toContain(`line ${lineOf('tags')}: environments.ci.datasets.c.tags: `)

  const typed = newFolder()
  writeFileSync(
    join(typed, 'dayshift.config.ts'),
    `import { defineProject } from 'dayshift'
const name: string = 'p'
const own = {
  name,
  datasets: {
    a: { source: 'a.csv', inputs: ['b'] },
    b: { source: 'b.csv', inputs: ['a'] },
  },
}
export default defineProject(own)
`,
  )
  const circle = await printed(typed, 'run')
  expect(circle.error?.message).toMatch(/dayshift\.config\.ts:6: datasets\.a\.inputs: a is made of b is made of a$/)
})

test('JSON that is none is told with its line', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'dayshift.config.json'), '{\n  "name": "p",\n  "datasets": {},\n}\n')
  const { error, exitCode } = await printed(folder, 'run')
  expect(exitCode).toBe(2)
  expect(error).toMatchObject({
    code: 'DS_PROJECT_INVALID',
    message: expect.stringContaining('dayshift.config.json:4: it is no JSON'),
  })
})

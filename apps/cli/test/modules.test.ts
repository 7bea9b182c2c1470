import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport } from '@dayshift/core'
import { expect, test } from 'vitest'
import { newFolder, printed } from './cli.ts'

test('TypeScript of every kind loads in a folder without node_modules', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'deep/er'), { recursive: true })
  writeFileSync(join(folder, 'a.csv'), 'level\nlow\nhigh\n')
  writeFileSync(
    join(folder, 'deep/er/level.mts'),
    "export enum Level { Low = 'low', High = 'high' }\nexport namespace Words { export const all = Object.values(Level) }\n",
  )
  writeFileSync(
    join(folder, 'contract.ts'),
    `import { z, type ZodType } from 'zod'
import * as core from 'zod/v4/core'
import { Level, Words } from './deep/er/level.mjs'
import { defineContract } from '@dayshift/validate'
const level = z.enum(Level) satisfies ZodType
const words: readonly string[] = await Promise.resolve(Words.all as string[])
class Rules { constructor(readonly names: readonly string[]) {} }
export const contract = defineContract({ columns: z.object({ level: level.refine((it) => new Rules(words).names.includes(it)) }) })
export const version: number = core.version.major
`,
  )
  const { exitCode, reports } = await printed(folder, 'validate', 'a.csv', '--contract', 'contract.ts')
  expect(exitCode).toBe(0)
  expect(findReport(reports, 'validate')?.facts.checks.map(({ id }) => id)).toContain('level: one_of')
})

test('a project’s own packages come before those of the command line', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'node_modules/@dayshift/core'), { recursive: true })
  writeFileSync(
    join(folder, 'node_modules/@dayshift/core/package.json'),
    '{ "name": "@dayshift/core", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(join(folder, 'node_modules/@dayshift/core/index.js'), "export const mark = 'own'\n")
  writeFileSync(join(folder, 'a.csv'), 'a\n1\n')
  writeFileSync(
    join(folder, 'etl.ts'),
    "import { mark } from '@dayshift/core'\nexport default (frame: any) => frame.derive({ mark: `'${mark}'` })\n",
  )
  const { reports } = await printed(folder, 'prototype', 'a.csv', '--etl', 'etl.ts')
  expect(findReport(reports, 'prototype')?.facts.head).toEqual([{ a: 1, mark: 'own' }])
})

test('the folder’s package.json does not matter, nor does a name with spaces and quotes', async () => {
  const folder = join(newFolder(), `it's "a" [folder] #1`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }')
  writeFileSync(join(folder, 'O\'Brien "x".csv'), 'a\n1\n')
  writeFileSync(join(folder, 'contract.ts'), "import { z } from 'zod'\nexport default z.object({ a: z.int() })\n")
  const { exitCode } = await printed(folder, 'validate', 'O\'Brien "x".csv', '--contract', './contract.ts')
  expect(exitCode).toBe(0)
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findReport } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { dayshift, newFolder, printed } from './cli.ts'

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

describe('what is no contract is told with what it is, where, and what to do', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.csv'), 'a\n1\n')
  const ZOD = "import { z } from 'zod'\n"

  async function refusal(name: string, text?: string): Promise<string> {
    const file = join(folder, name.split('#')[0] as string)
    mkdirSync(dirname(file), { recursive: true })
    if (text !== undefined) writeFileSync(file, text)
    const { code, stdout, stderr } = await dayshift(folder, ['validate', 'a.csv', '--contract', name])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).not.toContain('dist/modules.js')
    return stderr.replaceAll(join(folder, '/'), '')
  }

  test.each<[name: string, text: string | undefined, problem: string, hint: string]>([
    ['empty.ts', '', 'empty.ts exports no contract: it exports nothing', 'export default z.object({ … })'],
    [
      'list.mjs',
      `${ZOD}export default z.array(z.object({ a: z.int() }))`,
      'its default export is a z.array',
      'one row: give the z.object({ … }), the one within the z.array',
    ],
    ['call.mjs', 'export default () => 1', 'its default export is a function', 'Export what it gives back'],
    [
      'plain.mjs',
      `${ZOD}export const people = { columns: { a: z.int() } }`,
      "exports no contract: 'people' is an object with columns",
      'Wrap it in defineContract(…)',
    ],
    ['bare.mjs', `${ZOD}export default { a: z.int() }`, 'an object of schemas', 'Wrap it in z.object(…)'],
    ['old.mjs', "import { z } from 'zod/v3'\nexport default z.object({})", 'a schema of Zod 3', 'Zod 4'],
    ['named.mjs#a', `${ZOD}export const a = z.int()`, "no contract 'a': 'a' is a z.number", 'z.object({ … })'],
    ['a.csv', undefined, 'a.csv is no contract by its name', 'dayshift infer'],
    ['.', undefined, '. is a folder, not a contract', 'Name the contract’s file'],
  ])('%s', async (name, text, problem, hint) => {
    const told = await refusal(name, text)
    expect(told).toContain(`error DS_MODULE`)
    expect(told).toContain(problem)
    expect(told).toContain(hint)
  })

  test.each<[name: string, text: string, place: string]>([
    ['literal.mjs', `${ZOD}const a = 1\nexport default z.string().regex(/(/)\n`, 'literal.mjs:3'],
    ['literal.ts', `${ZOD}type A = 1\n\nexport default z.string().regex(/(/)\n`, 'literal.ts:4'],
    ['open.mjs', `${ZOD}export default z.string().regex(/abc)\n`, 'open.mjs:2'],
    ['made.mjs', `${ZOD}\nexport default z.string().regex(new RegExp('['))\n`, 'made.mjs:3'],
    ['comma.mjs', `${ZOD}export default z.object({ a: 1,, })\n`, 'comma.mjs:2'],
    ['deep/within.ts', "import './other.js'\nexport default 1\n", 'deep/other.ts:2'],
    ['thrown.ts', `${ZOD}interface A {}\nthrow 'no way'\n`, 'thrown.ts:3'],
    ['lacks.mjs', `${ZOD}import './nowhere.mjs'\n`, 'lacks.mjs:2'],
    ['package.mjs', "import 'no-such-package'\n", 'package.mjs:1'],
  ])('the line is told: %s', async (name, text, place) => {
    mkdirSync(join(folder, 'deep'), { recursive: true })
    writeFileSync(join(folder, 'deep/other.ts'), 'export type A = 1\nexport const a = /(/\n')
    expect(await refusal(name, text)).toContain(`\n  at ${place}\n`)
  })

  test('what is thrown and is no error is shown, and without a line where it may be one of several', async () => {
    const told = await refusal('two.mjs', 'if (Date.now() < 9) throw { code: 1 }\nthrow { code: 2 }\n')
    expect(told).toContain('two.mjs could not be loaded: it threw { code: 2 }\n  at two.mjs\n  Throw an Error')
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { houseProblems, type HousePackage } from './house.ts'

const root = join(import.meta.dirname, '..')

/** The packages as their package.json declares them. */
function readPackages(): HousePackage[] {
  return ['packages', 'apps'].flatMap((floor) =>
    readdirSync(join(root, floor)).map((entry) => {
      const folder = `${floor}/${entry}`
      const {
        name,
        dependencies = {},
        peerDependencies = {},
      } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
        name: string
        dependencies?: object
        peerDependencies?: object
      }
      return { name, folder, dependencies: [...Object.keys(dependencies), ...Object.keys(peerDependencies)] }
    }),
  )
}

function readSources(packages: readonly HousePackage[]): Map<string, string> {
  return new Map(
    packages.flatMap(({ folder }) =>
      readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file): [string, string] => {
          const path = `${folder}/src/${file.replaceAll('\\', '/')}`
          return [path, readFileSync(join(root, path), 'utf8')]
        }),
    ),
  )
}

test('the house stands as it is drawn', () => {
  const packages = readPackages()
  expect(packages.map(({ name }) => name).sort()).toEqual([
    '@dayshift/catalog',
    '@dayshift/core',
    '@dayshift/dvc',
    '@dayshift/lineage',
    '@dayshift/monitor',
    '@dayshift/validate',
    'dayshift',
  ])
  const sources = readSources(packages)
  expect(sources.size).toBeGreaterThan(100)
  expect(houseProblems(packages, sources)).toEqual([])
})

const core: HousePackage = { name: '@dayshift/core', folder: 'packages/core', dependencies: ['zod'] }
const dvc: HousePackage = { name: '@dayshift/dvc', folder: 'packages/dvc', dependencies: ['@dayshift/core'] }
const cli: HousePackage = { name: 'dayshift', folder: 'apps/cli', dependencies: ['@dayshift/core', '@dayshift/dvc'] }

test.each<[string, Record<string, string>, string]>([
  [
    'a sideways import',
    { 'packages/dvc/src/a.ts': "import '@dayshift/catalog'" },
    'imports sideways: @dayshift/catalog',
  ],
  [
    'an upward import',
    { 'packages/core/src/a.ts': "import type { X } from '@dayshift/dvc'" },
    'imports upwards: @dayshift/dvc',
  ],
  ['an upward import of the app', { 'packages/dvc/src/a.ts': "export * from 'dayshift'" }, 'imports upwards: dayshift'],
  [
    'an undeclared package',
    { 'packages/dvc/src/a.ts': "await import('zod/v4')" },
    'imports zod, which @dayshift/dvc does not declare',
  ],
  ['a reach into another package', { 'packages/dvc/src/a.ts': "import '../../core/src/x.ts'" }, 'leaves its package'],
  ['an import of index.ts', { 'packages/dvc/src/a.ts': "import './index.ts'" }, 'imports its own index.ts'],
  ['a folder barrel', { 'packages/dvc/src/a.ts': "import './b/index.ts'" }, "imports a folder's index.ts"],
  [
    'a cycle, of types too',
    {
      'packages/dvc/src/a.ts': "import { b } from './b.ts'; export const a = b",
      'packages/dvc/src/b.ts': "import type { C } from './c.ts'; export const b: C = 1",
      'packages/dvc/src/c.ts': "export { a as C } from './a.ts'",
    },
    'cycle: packages/dvc/src/a.ts → packages/dvc/src/b.ts → packages/dvc/src/c.ts → packages/dvc/src/a.ts',
  ],
  ['a print in a library', { 'packages/core/src/a.ts': 'console.log(1)' }, 'uses console.log'],
  ['an exit in a command', { 'apps/cli/src/commands/a.ts': 'process.exit(1)' }, 'uses process.exit'],
  ['an empty name', { 'packages/core/src/utils.ts': '' }, 'has a name that tells nothing'],
  ['a folder that tools skip', { 'packages/core/src/build/a.ts': '' }, 'lies in a folder that tools skip'],
  ['a builtin without node:', { 'packages/core/src/a.ts': "import 'fs'" }, 'imports fs without node:'],
])('%s is found', (_what, sources, problem) => {
  const problems = houseProblems([core, dvc, cli], new Map(Object.entries(sources)))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
})

test('what is allowed is not found', () => {
  const sources = new Map([
    ['packages/dvc/src/a.ts', "import '@dayshift/core'; import 'node:fs'; import './b.ts' // console.log"],
    ['packages/dvc/src/b.ts', "export const text = 'process.exit'"],
    ['apps/cli/src/main.ts', "import '@dayshift/dvc'; process.exitCode = 1"],
  ])
  expect(houseProblems([core, dvc, cli], sources)).toEqual([])
})

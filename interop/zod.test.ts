import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Engine } from '../packages/core/src/engine.ts'
import { createDuckdb } from '../packages/core/src/engines/duckdb.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Zod } from '../packages/validate/test/fuzz/expression.ts'
import { cellsOf, fuzz } from '../packages/validate/test/fuzz/fuzz.ts'
import { installNpmPeer } from './peer.ts'

/** The first and the last patch of each minor that is supported, and what is newest on the day of the installation. */
const VERSIONS = ['4.5.0', '4.5.4', '4.6.0', '4.6.7', 'newest']

const folder = mkdtempSync(join(tmpdir(), 'dayshift-zod-'))
const compared: string[] = []
let engine: Engine
let home: string

beforeAll(async () => {
  const dependencies = VERSIONS.map((version) => [
    `zod-${version}`,
    `npm:zod@${version === 'newest' ? '^4.5.0' : version}`,
  ])
  home = await installNpmPeer('zod-versions', { private: true, dependencies: Object.fromEntries(dependencies) })
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
  console.log(`cells compared with safeParse: ${compared.join(', ')}`)
})

test.each(VERSIONS)('Zod %s says row by row what is said column by column', async (name) => {
  const own = join(home, 'node_modules', `zod-${name}`)
  const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { version: string }
  const z = (await import(pathToFileURL(join(own, 'index.js')).href)) as Zod
  const { counts, disagreement } = await fuzz(z, { folder, engine }, { seed: 45 + VERSIONS.indexOf(name), tables: 80 })
  expect(disagreement).toBeUndefined()
  for (const way of ['sql', 'guarded', 'distinct', 'rows']) expect(counts.byWay[way]).toBeGreaterThan(200)
  compared.push(`zod ${version} ${cellsOf(counts)}`)
})

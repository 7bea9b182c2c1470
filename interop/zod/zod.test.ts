import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Engine } from '../../packages/core/src/engine.ts'
import { createDuckdb } from '../../packages/core/src/engines/duckdb.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Zod } from '../../packages/validate/test/fuzz/expression.ts'
import { cellsOf, fuzz } from '../../packages/validate/test/fuzz/fuzz.ts'
import { installNpmPeer } from '../peer.ts'
import { NPM_PEERS, ZODS } from '../peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-zod-'))
const compared: string[] = []
let engine: Engine
let home: string

beforeAll(async () => {
  home = await installNpmPeer(NPM_PEERS.zod)
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
  console.log(`cells compared with safeParse: ${compared.join(', ')}`)
})

test.each(ZODS)('Zod %s says row by row what is said column by column', async (name) => {
  const own = join(home, 'node_modules', `zod-${name}`)
  const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { version: string }
  const z = (await import(pathToFileURL(join(own, 'index.js')).href)) as Zod
  const { counts, disagreement } = await fuzz(z, { folder, engine }, { seed: 45 + ZODS.indexOf(name), tables: 80 })
  expect(disagreement).toBeUndefined()
  for (const way of ['sql', 'guarded', 'distinct', 'rows']) expect(counts.byWay[way]).toBeGreaterThan(200)
  compared.push(`zod ${version} ${cellsOf(counts)}`)
})

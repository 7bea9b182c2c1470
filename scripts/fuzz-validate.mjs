// Holds `validate` against plain safeParse on random contracts and data, for as long as it is told to; after npm run build.
// node scripts/fuzz-validate.mjs --minutes 10 --seed 1 [--zod 4.5.0]
// A disagreement is printed as JSON, as small as it gets: a file of packages/validate/test/fixtures/differential.
import { mkdtempSync, rmSync } from 'node:fs'
import { register } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

process.env.TZ = 'UTC'
// The fuzzer is TypeScript; the command line knows how to load it.
register('../apps/cli/dist/module-hooks.js', import.meta.url)
const { cellsOf, fuzz, noCounts } = await import('../packages/validate/test/fuzz/fuzz.ts')
const { sourceOf } = await import('../packages/validate/test/fuzz/expression.ts')
const { createDuckdb } = await import('../packages/core/dist/index.js')

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    zod: { type: 'string' },
  },
})

/** A version of Zod that npm has, or the one of this repository. */
async function zodOf(version) {
  const { installNpmPeer } = await import('../interop/peer.ts')
  const home =
    version === undefined
      ? join(import.meta.dirname, '..', 'packages', 'validate')
      : await installNpmPeer(`zod-${version}`, { private: true, dependencies: { zod: version } })
  return (await import(pathToFileURL(join(home, 'node_modules', 'zod', 'index.js')).href)).z
}

const z = await zodOf(values.zod)
const { major, minor, patch } = z.string()._zod.version
const until = Date.now() + Number(values.minutes) * 60_000
const counts = noCounts()
const folder = mkdtempSync(join(tmpdir(), 'dayshift-fuzz-'))
const engine = await createDuckdb({ threads: 2 })
let found
let seed = Number(values.seed)
try {
  for (; Date.now() < until && !found; seed++) {
    found = (await fuzz(z, { folder, engine }, { seed, tables: 500, until }, counts)).disagreement
    const ways = Object.entries(counts.byWay).map(([way, cells]) => `${way} ${cells}`)
    console.error(`seed ${seed}: ${counts.tables} tables, ${cellsOf(counts)} cells: ${ways.join(', ')}`)
  }
} finally {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
}
const version = [major, minor, patch].join('.')
console.log(`zod ${version}, seeds ${values.seed}–${seed - 1}: ${cellsOf(counts)} cells compared`)
console.log(JSON.stringify(counts))
if (found) {
  console.log(found.table.columns.map(({ name, schema }) => `${name}: ${sourceOf(schema)}`).join('\n'))
  console.log(found.problems.join('\n'))
  console.log(JSON.stringify(found.table, null, 2))
  process.exitCode = 1
}

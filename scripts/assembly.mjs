// Compiles what is written in AssemblyScript, and keeps the program as text beside the code that runs it.
// node scripts/assembly.mjs [--check]: with --check nothing is written, and an old program is an error.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const SOURCE = 'packages/core/assembly/walk.ts'
const TARGET = 'packages/core/src/text/walk-program.ts'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const options = ['--outFile', 'walk.wasm', '-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub']
let program
const { error } = await asc.main([SOURCE, ...options], {
  stderr: process.stderr,
  writeFile: (_, contents) => {
    program = contents
  },
})
if (error) process.exit(1)
const lines = Buffer.from(program)
  .toString('base64')
  .match(/.{1,110}/g)
const text = `/** ${SOURCE}, compiled by scripts/assembly.mjs; WebAssembly in base64. */
export const walkProgram =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`
if (!process.argv.includes('--check')) writeFileSync(TARGET, text)
else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write(`${TARGET} is not what ${SOURCE} compiles to.\nRun: node scripts/assembly.mjs\n`)
  process.exit(1)
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const built = join(import.meta.dirname, '../dist/index.js')
const core = join(import.meta.dirname, '../../core/dist/index.js')

/** Writes a program that has `validate`, `open` and `z` of the last build, for what is done to a process of its own. */
export function newScript(folder: string, name: string, body: string): string {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(
    path,
    `const { validate } = await import(${JSON.stringify(built)})
     const { open } = await import(${JSON.stringify(core)})
     const { z } = await import(${JSON.stringify(import.meta.resolve('zod'))})
     ${body}
     process.exit()`,
  )
  return path
}

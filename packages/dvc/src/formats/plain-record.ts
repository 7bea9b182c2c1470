import { resolveScalar } from './scalar.ts'
import type { YamlMapping, YamlValue } from './yaml.ts'

/** A key and a value of which no character means anything to YAML, after what begins an entry or goes on with it. */
const LINE = /^(- | {2})([a-z]\w*): (\w[\w./-]*)$/

/**
 * Reads a `.dvc` file of the plainest form, which is that of nearly all: the library that reads all of YAML takes longer to
 * load than everything else that a start takes.
 *
 * @returns what YAML says that it holds; `undefined` for any other form
 * @example readPlainRecord('outs:\n- size: 2\n  path: x\n') // { outs: [{ size: 2, path: 'x' }] }
 */
export function readPlainRecord(text: string): YamlMapping | undefined {
  const [first, ...lines] = text.split('\n')
  if (first !== 'outs:' || lines.pop() !== '' || lines.length === 0) return undefined
  const outs: Record<string, YamlValue>[] = []
  for (const line of lines) {
    const [, begin, key, value] = LINE.exec(line) ?? []
    if (key === undefined || value === undefined || key === '__proto__') return undefined
    if (begin === '- ') outs.push({})
    const entry = outs.at(-1)
    if (!entry || Object.hasOwn(entry, key)) return undefined
    entry[key] = resolveScalar(value)
  }
  return { outs }
}

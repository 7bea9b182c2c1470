import { posix } from 'node:path'
import { failure } from '../codes.ts'
import { restoring } from './restoring.ts'
import { pythonFloat } from './python.ts'
import { resolveScalar } from './scalar.ts'
import { isList, isMapping, readYaml, type YamlMapping, type YamlValue } from './yaml.ts'

/** Gives a file's text by its path from the repository's root; `undefined` where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>

/** Values that `${…}` may name. */
export interface Variables {
  readonly values: YamlMapping
  /** The files that they came from, with the keys that were taken; all of them where that is absent. */
  readonly loaded: ReadonlyMap<string, readonly string[] | undefined>
}

/** No values yet. */
export const noVariables: Variables = { values: {}, loaded: new Map() }

/** DVC takes this file's values beside the `dvc.yaml` unasked. */
const DEFAULT_FILE = 'params.yaml'

/** `${…}`, unless a backslash stands before it. */
const EXPRESSION = /(?<!\\)\$\{(.*?)\}/g
const PATH = /^[^.[\]]+(?:\.[^.[\]]+|\[[^.[\]]+\])*$/

/**
 * Adds the values of a `vars` section, and those of `params.yaml` where there is one.
 *
 * @param folder what the files' paths are relative to
 * @param where the `dvc.yaml`, for errors
 * @throws DS_DVC_FILE_MALFORMED where a file is not there, or a value is defined twice
 */
export async function loadVariables(
  before: Variables,
  vars: readonly YamlValue[],
  folder: string,
  read: ReadText,
  where: string,
  useDefault = false,
): Promise<Variables> {
  let { values } = before
  const loaded = new Map(before.loaded)
  const load = async (file: string, keys: readonly string[] | undefined): Promise<void> => {
    const path = posix.join(folder, file)
    if (loaded.has(path)) {
      const known = loaded.get(path)
      if (known === undefined && keys === undefined) return
      if (known === undefined || keys === undefined || keys.some((key) => known.includes(key))) {
        throw malformed(where, `it loads ${file} twice`)
      }
    }
    const found = await readVariables(path, keys, read, where)
    loaded.set(path, keys && [...(loaded.get(path) ?? []), ...keys])
    values = merged(values, found, where)
  }
  if (useDefault && (await read(posix.join(folder, DEFAULT_FILE))) !== undefined) await load(DEFAULT_FILE, undefined)
  for (const item of vars) {
    if (typeof item === 'string') {
      const [file = '', keys] = item.split(/:(.*)/s)
      await load(file, keys ? keys.split(',').filter((key) => key !== '') : undefined)
    } else if (isMapping(item)) values = merged(values, item, where)
    else throw malformed(where, 'its vars are neither files nor values')
  }
  return { values, loaded }
}

async function readVariables(
  path: string,
  keys: readonly string[] | undefined,
  read: ReadText,
  where: string,
): Promise<YamlMapping> {
  const text = await read(path)
  if (text === undefined) throw malformed(where, `its vars name ${path}, which does not exist`)
  if (/\.(?:py|toml)$/i.test(path)) {
    throw failure('DS_DVC_FILE_UNSUPPORTED', `${where} takes vars from ${path}; only YAML and JSON are read`, {
      where,
      hint: 'Keep these values in a YAML or JSON file.',
    })
  }
  const values = readYaml(text, path, resolveVariable) ?? {}
  if (!isMapping(values)) throw malformed(path, 'it is not a mapping')
  if (!keys) return values
  return Object.fromEntries(
    keys.map((key) => {
      if (!Object.hasOwn(values, key)) throw malformed(where, `its vars name ${key} of ${path}, which is not there`)
      return [key, values[key]]
    }),
  )
}

/** Floats are kept as Python writes them, since all that they become is part of a name. */
export function resolveVariable(text: string): string | number | boolean | null {
  const value = resolveScalar(text)
  if (/^[-+]?(?:\.inf|\.nan)$/i.test(text)) return text.toLowerCase().replace(/^\+?\.|(?<=-)\./, '')
  const isFloat = typeof value === 'number' && /[.eE]/.test(text) && !/^[-+]?0x/i.test(text)
  return isFloat ? pythonFloat(value) : value
}

function merged(into: YamlMapping, update: YamlMapping, where: string): YamlMapping {
  const entries = Object.entries(update).map(([key, value]): [string, YamlValue] => {
    const known = Object.hasOwn(into, key) ? into[key] : undefined
    if (isMapping(known) && isMapping(value)) return [key, merged(known, value, where)]
    if (known !== undefined) throw malformed(where, `its vars define ${key} twice`)
    return [key, value ?? null]
  })
  return { ...into, ...Object.fromEntries(entries) }
}

/**
 * Puts values into every text of a value, as DVC does. A text that is one expression becomes whatever that stands for.
 *
 * @throws DS_DVC_FILE_MALFORMED where an expression is none, or names nothing
 * @example resolveTemplate('model-${lr}.pkl', { lr: '0.1' }, 'dvc.yaml') // 'model-0.1.pkl'
 */
export function resolveTemplate(value: YamlValue, values: YamlMapping, where: string): YamlValue {
  if (isList(value)) return value.map((item) => resolveTemplate(item, values, where))
  if (isMapping(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        nameOf(resolveTemplate(key, values, where)),
        resolveTemplate(item ?? null, values, where),
      ]),
    )
  }
  if (typeof value !== 'string') return value
  const [only, ...others] = value.matchAll(EXPRESSION)
  if (only && others.length === 0 && only[0] === value) return select(only[1] as string, values, where)
  const text = value.replace(EXPRESSION, (_, expression: string) => {
    const part = select(expression, values, where)
    if (typeof part === 'object' && part !== null) throw malformed(where, `\${${expression}} is no text`)
    return nameOf(part)
  })
  return text.replaceAll('\\${', '${')
}

/** A value as part of a name. */
export function nameOf(value: YamlValue): string {
  return typeof value === 'object' ? 'None' : String(value)
}

function select(expression: string, values: YamlMapping, where: string): YamlValue {
  if (!PATH.test(expression)) throw malformed(where, `\${${expression}} cannot be understood`)
  let found: YamlValue | undefined = values
  for (const part of expression.replaceAll('[', '.').replaceAll(']', '').split('.')) {
    const key = part.trim()
    if (isList(found)) found = /^[-+]?\d+$/.test(key) ? found.at(Number(key)) : undefined
    else found = isMapping(found) && Object.hasOwn(found, key) ? found[key] : undefined
    if (found === undefined) throw malformed(where, `\${${expression}} names nothing`)
  }
  return found
}

function malformed(where: string, problem: string): Error {
  return failure('DS_DVC_FILE_MALFORMED', `${where}: ${problem}`, { where, hint: restoring(where) })
}

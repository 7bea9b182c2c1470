import { posix } from 'node:path'
import { failure } from '../codes.ts'
import { restoring } from './restoring.ts'
import {
  loadVariables,
  nameOf,
  noVariables,
  resolveTemplate,
  resolveVariable,
  type ReadText,
  type Variables,
} from './template.ts'
import { isList, isMapping, readYaml, type YamlMapping, type YamlValue } from './yaml.ts'

/** An output of a stage, as `dvc.yaml` declares it; its hash stands in `dvc.lock`. */
interface StageOut {
  /** Relative to the stage's working directory, POSIX. */
  readonly path: string
  readonly cache: boolean
  readonly persist: boolean
  readonly push: boolean
  readonly remote?: string
}

/** A stage of a pipeline, with all templates filled in. */
export interface Stage {
  /** With the key of a generated one: `train@small`. */
  readonly name: string
  /** What its paths are relative to, from the repository's root, POSIX. */
  readonly wdir: string
  readonly frozen: boolean
  /** Outputs, metrics and plots. */
  readonly outs: readonly StageOut[]
  /** What it depends on, relative to its working directory, POSIX. */
  readonly deps: readonly string[]
}

/**
 * Reads the stages of a `dvc.yaml` as far as their outputs go: `vars` and `params.yaml`, `foreach` and `matrix`, and every
 * `${…}` that a path or a working directory holds. Commands are not looked at.
 *
 * @param path of the `dvc.yaml`, from the repository's root
 * @param read gives the files that `vars` name
 * @param where what errors call the file
 * @throws DS_DVC_FILE_MALFORMED, DS_DVC_FILE_UNSUPPORTED for `vars` from Python or TOML
 * @example await readPipeline('stages:\n  a:\n    cmd: x\n    outs: [b]\n', 'dvc.yaml', read) // [{ name: 'a', … }]
 */
export async function readPipeline(text: string, path: string, read: ReadText, where = path): Promise<Stage[]> {
  const pipeline = readYaml(text, where, resolveVariable) ?? {}
  if (!isMapping(pipeline)) throw malformed(where, 'it is not a mapping')
  const { stages = {}, vars = [] } = pipeline
  if (!isMapping(stages)) throw malformed(where, 'its stages are not a mapping')
  if (!isList(vars)) throw malformed(where, 'its vars are not a list')
  const folder = posix.dirname(path)
  const variables = await loadVariables(noVariables, vars, folder, read, where, true)
  const found: Stage[] = []
  for (const [name, definition] of Object.entries(stages)) {
    if (!isMapping(definition)) throw malformed(where, `its stage ${name} is not a mapping`)
    for (const each of generated(name, definition, variables, where)) {
      found.push(await readStage(each, folder, read, where))
    }
  }
  return found
}

interface Definition {
  readonly name: string
  readonly definition: YamlMapping
  readonly variables: Variables
}

/** The stages that one definition stands for. */
function generated(name: string, definition: YamlMapping, variables: Variables, where: string): Definition[] {
  const inject = (key: string, more: YamlMapping, template: YamlMapping): Definition => ({
    name: `${name}@${key}`,
    definition: template,
    variables: { ...variables, values: { ...variables.values, ...more } },
  })
  const { foreach, do: template, matrix, ...rest } = definition
  if (matrix !== undefined) {
    return combinations(matrix, variables.values, name, where).map(([key, item]) => inject(key, { item, key }, rest))
  }
  if (foreach === undefined) return [{ name, definition, variables }]
  if (!isMapping(template)) throw malformed(where, `its stage ${name} has no do`)
  const items = resolveTemplate(foreach, variables.values, where)
  if (isMapping(items)) return Object.entries(items).map(([key, item]) => inject(key, { item, key }, template))
  if (!isList(items)) throw malformed(where, `foreach of its stage ${name} is neither a list nor a mapping`)
  const isComposite = items.some((item) => typeof item === 'object' && item !== null)
  const keyed = new Map(items.map((item, at) => [isComposite ? String(at) : keyOf(item, itemOf(foreach, at)), item]))
  return [...keyed].map(([key, item]) => inject(key, { item }, template))
}

function combinations(
  template: YamlValue,
  variables: YamlMapping,
  name: string,
  where: string,
): [key: string, item: YamlMapping][] {
  const matrix = resolveTemplate(template, variables, where)
  if (!isMapping(matrix) || !isMapping(template)) throw malformed(where, `matrix of its stage ${name} is not a mapping`)
  let found: { readonly parts: readonly string[]; readonly item: YamlMapping }[] = [{ parts: [], item: {} }]
  for (const [key, values = null] of Object.entries(matrix)) {
    if (!isList(values)) throw malformed(where, `matrix of its stage ${name} has no list for ${key}`)
    found = found.flatMap(({ parts, item }) =>
      values.map((value, at) => ({
        parts: [
          ...parts,
          typeof value === 'object' && value !== null ? `${key}${at}` : keyOf(value, itemOf(template[key], at)),
        ],
        item: { ...item, [key]: value },
      })),
    )
  }
  return [...new Map(found.map(({ parts, item }) => [parts.join('-'), item]))]
}

/** DVC calls true `True` in a stage's name where a variable gave it, and `true` where it stands in the list itself. */
function keyOf(value: YamlValue, written: YamlValue | undefined): string {
  if (typeof value !== 'boolean' || typeof written === 'boolean') return nameOf(value)
  return value ? 'True' : 'False'
}

function itemOf(list: YamlValue | undefined, at: number): YamlValue | undefined {
  return isList(list) ? list[at] : undefined
}

async function readStage(
  { name, definition, variables }: Definition,
  folder: string,
  read: ReadText,
  where: string,
): Promise<Stage> {
  const { wdir = '', vars = [], frozen } = definition
  const place = wdir === '' ? folder : posix.join(folder, nameOf(resolveTemplate(wdir, variables.values, where)))
  if (!isList(vars)) throw malformed(where, `vars of its stage ${name} are not a list`)
  const { values } = await loadVariables(variables, vars, place, read, where)
  const outs = ['outs', 'metrics', 'plots'].flatMap((key) => {
    const list = resolveTemplate(definition[key] ?? [], values, where)
    if (!isList(list)) throw malformed(where, `${key} of its stage ${name} are not a list`)
    return readOuts(list, `${key} of its stage ${name}`, where)
  })
  // Dependencies that this does not understand are DVC's own concern: no output is lost by them.
  const deps = [resolveTemplate(definition['deps'] ?? [], values, where)].flat()
  return { name, wdir: posix.normalize(place), frozen: frozen === true, outs, deps: deps.filter(isText) }
}

function isText(value: YamlValue): value is string {
  return typeof value === 'string'
}

function readOuts(list: readonly YamlValue[], what: string, where: string): StageOut[] {
  const flags = new Map<string, YamlMapping>()
  for (const item of list) {
    const entries = isMapping(item) ? Object.entries(item) : [[item, {}] as const]
    for (const [path, said] of entries) {
      if (typeof path !== 'string' || !isMapping(said)) throw malformed(where, `${what} are no paths`)
      flags.set(path, { ...flags.get(path), ...said })
    }
  }
  return [...flags].map(([path, { cache, persist, push, remote }]) => ({
    path: posix.normalize(path).replace(/(?<=.)\/$/, ''),
    cache: cache !== false,
    persist: persist === true,
    push: push !== false,
    ...(typeof remote === 'string' ? { remote } : {}),
  }))
}

function malformed(where: string, problem: string): Error {
  return failure('DS_DVC_FILE_MALFORMED', `${where}: ${problem}`, { where, hint: restoring(where) })
}

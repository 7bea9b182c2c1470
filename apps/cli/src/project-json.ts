import { dirname } from 'node:path'
import { messageOf, readTextFile, systemCode } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { contractIn, loadContract } from './contracts.ts'
import { ETL } from './etl.ts'
import { loadExport, type LoadOptions } from './modules.ts'

/** The JSON Schema of a project file, as the package has it. */
export const PROJECT_SCHEMA: URL = new URL('../project.schema.json', import.meta.url)

/** An object of JSON. */
type Json = Readonly<Record<string, unknown>>

/**
 * Reads a project file that is JSON. What is code in a module is named there: `"contract": "contracts/orders.ts#orders"` (or a file
 * in another tool's format), `"etl": "etl/orders.ts#clean"`, relative to the file.
 *
 * @param file as it was named
 * @throws DS_PROJECT_INVALID where it is no JSON
 * @throws DS_MODULE where what it names cannot be loaded
 */
export async function projectOfJson(path: string, file: string, options: LoadOptions): Promise<unknown> {
  const definition = await parsed(path, file)
  if (!isObject(definition)) return definition
  // Editors find the schema by this key.
  const { $schema: _schema, ...project } = definition
  const root = dirname(path)
  return {
    ...project,
    ...(isObject(project['datasets']) ? { datasets: await withCode(project['datasets'], root, options) } : {}),
    ...(isObject(project['environments'])
      ? { environments: await environmentsWithCode(project['environments'], root, options) }
      : {}),
  }
}

async function environmentsWithCode(environments: Json, root: string, options: LoadOptions): Promise<Json> {
  const entries: [string, unknown][] = []
  for (const [name, over] of Object.entries(environments)) {
    const datasets = isObject(over) && isObject(over['datasets']) ? over['datasets'] : undefined
    entries.push([name, datasets ? { ...(over as Json), datasets: await withCode(datasets, root, options) } : over])
  }
  return Object.fromEntries(entries)
}

/** Datasets with the contracts and ETLs that they name. */
async function withCode(datasets: Json, root: string, options: LoadOptions): Promise<Json> {
  const entries: [string, unknown][] = []
  for (const [name, dataset] of Object.entries(datasets)) {
    if (!isObject(dataset)) {
      entries.push([name, dataset])
      continue
    }
    const { contract, prototype } = dataset
    const etl = isObject(prototype) && typeof prototype['etl'] === 'string' ? prototype['etl'] : undefined
    entries.push([
      name,
      {
        ...dataset,
        ...(typeof contract === 'string' ? { contract: contractIn(await loadContract(contract, root)) } : {}),
        ...(etl === undefined
          ? {}
          : { prototype: { ...(prototype as Json), etl: await loadExport(etl, root, ETL, options) } }),
      },
    ])
  }
  return Object.fromEntries(entries)
}

async function parsed(path: string, file: string): Promise<unknown> {
  let text: string
  try {
    text = await readTextFile(path)
  } catch (error) {
    const problem = systemCode(error) === 'ENOENT' ? `there is no file ${file}` : messageOf(error)
    throw failure('DS_MODULE', problem, { where: path, hint: 'Check the path.', cause: error })
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    const message = messageOf(error)
    const position = /position (\d+)/.exec(message)?.[1]
    const line = position === undefined ? '' : `${text.slice(0, Number(position)).split('\n').length}:`
    throw failure('DS_PROJECT_INVALID', `${file}:${line} it is no JSON: ${message}`, {
      where: path,
      hint: 'Comments and commas behind the last key are none of JSON; dayshift.config.ts may have both.',
      cause: error,
    })
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

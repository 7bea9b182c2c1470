import { failure } from '../codes.ts'
import { restoring } from './restoring.ts'
import { dataFields, withHashes, type DataEntry } from './dvcfile.ts'
import * as schema from './schema.ts'
import { isList, isMapping, readYaml, type YamlMapping } from './yaml.ts'

/** What `dvc.lock` knows of each stage's outputs: by the stage's name, then by the path that `dvc.yaml` says. */
export type LockedOuts = ReadonlyMap<string, ReadonlyMap<string, DataEntry>>

const data = schema.listOf(schema.fields({ ...dataFields, dataset: schema.aMapping }, ['path']))
const stages = schema.mapOf(
  schema.fields(
    {
      cmd: schema.either(schema.aString, schema.listOf(schema.anything)),
      deps: data,
      params: schema.mapOf(schema.aMapping),
      outs: data,
    },
    ['cmd'],
  ),
)

/**
 * Reads a `dvc.lock` of schema 2.0, or of 1.0, which DVC 1 wrote. It is never written.
 *
 * @param where the file's name, for errors
 * @throws DS_DVC_FILE_MALFORMED
 * @example readLockfile(text, 'dvc.lock').get('train')?.get('model.pkl')?.md5 // '2cd6ee…'
 */
export function readLockfile(text: string, where: string): LockedOuts {
  const lock = readYaml(text, where) ?? {}
  if (!isMapping(lock)) throw malformed(where, ['it is not a mapping'])
  const isFirst = lock['schema'] === undefined
  if (!isFirst && lock['schema'] !== '2.0' && lock['schema'] !== 2) {
    throw malformed(where, [`its schema is ${JSON.stringify(lock['schema'])}`])
  }
  const found = (isFirst ? lock : lock['stages']) ?? {}
  const problems = stages(found, '')
  if (problems.length > 0) throw malformed(where, problems)
  return new Map(
    Object.entries(found as YamlMapping).map(([name, stage]) => {
      const outs = isMapping(stage) && isList(stage['outs']) ? stage['outs'] : []
      const entries = outs.map((out) => withHashes(out as YamlMapping) as unknown as DataEntry)
      return [name, new Map(entries.map((entry) => [entry.path, entry]))]
    }),
  )
}

function malformed(where: string, problems: readonly string[]): Error {
  return failure('DS_DVC_FILE_MALFORMED', `${where} is no lock file: ${problems.join('; ')}`, {
    where,
    hint: restoring(where),
  })
}

import type { Document } from 'yaml'
import { failure } from '../codes.ts'
import { isOfCommit, restoring } from './restoring.ts'
import { NOT_A_STRING, resolveScalar } from './scalar.ts'
import { yaml } from './yaml-library.ts'

/** What a YAML file of DVC holds, as plain data. Mappings keep the order of their keys. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | YamlMapping

/** A mapping; `undefined` stands for no entry. */
export interface YamlMapping {
  readonly [key: string]: YamlValue | undefined
}

/**
 * Reads YAML as DVC does: by YAML 1.2, with numbers and dates as ruamel.yaml knows them. Digits stay text where a number
 * would lose some.
 *
 * @param where the file's name, for errors
 * @param resolve says what plain texts other than strings stand for
 * @throws DS_DVC_FILE_MALFORMED
 * @example readYaml('outs:\n- path: yes\n  size: 2\n', 'x.dvc') // { outs: [{ path: 'yes', size: 2 }] }
 */
export function readYaml(text: string, where: string, resolve = resolveScalar): YamlValue {
  const document = parseYaml(text, where, resolve)
  try {
    return document.toJS() as YamlValue
  } catch (error) {
    // What an alias stands for is looked up only now.
    throw malformed(where, error)
  }
}

/** Reads YAML into the parser's own document, comments and all. */
export function parseYaml(text: string, where: string, resolve = resolveScalar): Document.Parsed {
  if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) throw conflicted(where)
  const document = yaml().parseDocument(text.replace(/^\uFEFF/, ''), {
    schema: 'failsafe',
    merge: true,
    customTags: (tags) => [...tags, { tag: 'tag:yaml.org,2002:value', default: true, test: NOT_A_STRING, resolve }],
  })
  const [error] = document.errors
  if (error) throw malformed(where, error)
  return document
}

/** Whether a value is a list. */
export function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value)
}

/** Whether a value is a mapping, and neither a list nor a scalar. */
export function isMapping(value: unknown): value is YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(where: string, error: unknown): Error {
  const [line = 'it is no YAML'] = (error as Error).message.split('\n')
  const message = `${where}: ${line.replace(/:$/, '')}`
  return failure('DS_DVC_FILE_MALFORMED', message, { where, hint: restoring(where), cause: error })
}

/** What a merge has left. */
function conflicted(where: string): Error {
  return failure('DS_DVC_FILE_MALFORMED', `${where} has conflict markers of git`, {
    where,
    hint: isOfCommit(where)
      ? restoring(where)
      : `Settle the conflict, or take one side: git checkout --ours -- '${where}', or --theirs.`,
  })
}

import { join, resolve } from 'node:path'
import { messageOf, readTextFile, systemCode } from '@dayshift/core/ground'
import type { ScalarTag, Tags } from 'yaml'
import { failure } from '../codes.ts'
import { isTree, saidIn, type Said } from './tree.ts'

/** YAML 1.1 as PyYAML reads it: `y` and `n` are texts. */
const PYTHON_BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => (text.length === 1 ? text : /^(?:yes|true|on)$/i.test(text)),
}

const customTags = (tags: Tags): Tags => [PYTHON_BOOLEAN, ...tags]

/** Where the configuration's file is looked for. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home?: string | undefined
}

/**
 * The configuration that stands in a file: the one that `OPENLINEAGE_CONFIG` names, else `openlineage.yml` in the working
 * directory, else `.openlineage/openlineage.yml` at home.
 *
 * @returns undefined where there is none
 * @throws DS_LINEAGE_CONFIG where one is named that is not there, or is no YAML
 */
export async function yamlConfig({ env, cwd, home }: Places): Promise<Said | undefined> {
  const named = env['OPENLINEAGE_CONFIG']
  if (named) {
    const said = await configIn(resolve(cwd, named))
    if (said === undefined) {
      throw failure('DS_LINEAGE_CONFIG', `OPENLINEAGE_CONFIG names ${named}, which is not there`, { where: named })
    }
    return said
  }
  const own = await configIn(join(cwd, 'openlineage.yml'))
  return own ?? (home === undefined ? undefined : configIn(join(home, '.openlineage', 'openlineage.yml')))
}

async function configIn(path: string): Promise<Said | undefined> {
  let text: string
  try {
    text = await readTextFile(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return undefined
    throw failure('DS_LINEAGE_CONFIG', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    lineCounter,
    prettyErrors: false,
    customTags,
    logLevel: 'error',
  })
  const [error] = document.errors
  if (error) {
    const { line } = lineCounter.linePos(error.pos[0])
    // What the parser says may hold a piece of the file, which may be a key.
    const what = error.code.toLowerCase().replaceAll('_', ' ')
    throw failure('DS_LINEAGE_CONFIG', `${path} is no YAML: ${what} in line ${line}`, { where: `${path}:${line}` })
  }
  let tree: unknown
  try {
    tree = document.toJS()
  } catch {
    throw failure('DS_LINEAGE_CONFIG', `${path} is no YAML: it has an alias of what is not there, or too many`, {
      where: path,
      hint: 'A text that begins with * is written in quotes.',
    })
  }
  if (tree === null || tree === undefined) return saidIn({}, path)
  if (!isTree(tree)) throw failure('DS_LINEAGE_CONFIG', `${path} holds no keys and values`, { where: path })
  return saidIn(tree, path)
}

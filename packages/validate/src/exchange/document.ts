import { messageOf } from '@dayshift/core'
import type { ScalarTag, Tags } from 'yaml'
import { failure } from '../codes.ts'

/** How YAML is written: Python's readers know version 1.1. */
type YamlVersion = '1.1' | '1.2'

/** What YAML 1.1 is to Python's readers: `y` and `n` are texts. */
const PYTHON_BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => (text.length === 1 ? text : /^(?:yes|true|on)$/i.test(text)),
}

/**
 * The data of a YAML or JSON text. Nothing in it is run.
 *
 * @param where the file, for errors
 * @throws DS_CONTRACT_FILE with the line
 */
export async function parseDocument(text: string, where: string, version: YamlVersion = '1.2'): Promise<unknown> {
  const plain = text.replace(/^\uFEFF/, '')
  if (/^\s*[{[]/.test(plain)) {
    try {
      return JSON.parse(plain) as unknown
    } catch {
      // YAML has brackets too, and its errors have lines.
    }
  }
  const { LineCounter, parseDocument: parse } = await import('yaml')
  const lines = new LineCounter()
  let problem: { readonly message: string; readonly line?: number }
  try {
    const document = parse(plain, {
      version,
      lineCounter: lines,
      prettyErrors: false,
      ...(version === '1.1' ? { customTags: (tags: Tags): Tags => [PYTHON_BOOLEAN, ...tags] } : {}),
    })
    const [error] = document.errors
    if (!error) return document.toJS() as unknown
    problem = { message: error.message, line: lines.linePos(error.pos[0]).line }
  } catch (error) {
    problem = { message: messageOf(error) }
  }
  const at = problem.line === undefined ? where : `${where}:${problem.line}`
  throw failure('DS_CONTRACT_FILE', `${where} is no YAML: ${problem.message}`, { where: at })
}

/** A document as text. */
export async function documentText(document: object, kind: 'yaml' | 'json'): Promise<string> {
  if (kind === 'json') return `${JSON.stringify(document, null, 2)}\n`
  const { stringify } = await import('yaml')
  // As PyYAML reads it, which takes `yes` for true.
  return stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false, directives: false })
}

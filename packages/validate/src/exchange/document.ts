import { messageOf, type DayshiftError } from '@dayshift/core'
import type { ScalarTag, Tags } from 'yaml'
import { failure } from '../codes.ts'
import { isDeep, isDeepText } from './nesting.ts'

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
  let ofJson: string | undefined
  if (/^\s*[{[]/.test(plain)) {
    try {
      const parsed: unknown = JSON.parse(plain)
      if (isDeep(parsed)) throw tooDeep(where)
      return parsed
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      // YAML has brackets too.
      ofJson = messageOf(error)
    }
  }
  if (isDeepText(plain)) throw tooDeep(where)
  const { LineCounter, parseDocument: parse } = await import('yaml')
  const lines = new LineCounter()
  let problem: { readonly message: string; readonly line?: number } | undefined
  try {
    const document = parse(plain, {
      version,
      lineCounter: lines,
      prettyErrors: false,
      ...(version === '1.1' ? { customTags: (tags: Tags): Tags => [PYTHON_BOOLEAN, ...tags] } : {}),
    })
    const [error] = document.errors
    if (!error) {
      const read: unknown = document.toJS()
      if (!isDeep(read)) return read
    }
    problem = error && { message: error.message, line: lines.linePos(error.pos[0]).line }
  } catch (error) {
    problem = { message: messageOf(error) }
  }
  if (problem === undefined) throw tooDeep(where)
  if (ofJson !== undefined && (/\.json$/i.test(where) || /^\s*[{[]\s*["{[]/.test(plain))) {
    throw noJson(plain, where, { message: ofJson, line: problem.line })
  }
  const at = problem.line === undefined ? where : `${where}:${problem.line}`
  throw failure('DS_CONTRACT_FILE', `${where} is no YAML: ${problem.message}`, { where: at })
}

/** @param problem in the words of the engine, which tell the place of most, and the line where YAML breaks off */
function noJson(
  text: string,
  where: string,
  { message, line }: { readonly message: string; readonly line: number | undefined },
): DayshiftError {
  const position = /at position (\d+)/.exec(message)?.[1]
  const isCut = /end of JSON input|Unterminated/.test(message) || Number(position) >= text.trimEnd().length
  const before = isCut ? text : position === undefined ? undefined : text.slice(0, Number(position))
  const broken = before === undefined ? line : before.trimEnd().split('\n').length
  const said = isCut ? 'it ends too early' : message.replace(/(, ".*" is not valid JSON| in JSON at position).*$/s, '')
  const at = broken === undefined ? where : `${where}:${broken}`
  return failure('DS_CONTRACT_FILE', `${where} is no JSON: ${said}`, { where: at })
}

/** The error for what is nested more deeply than can be read. */
export function tooDeep(where: string): DayshiftError {
  return failure('DS_CONTRACT_FILE', `${where} is nested too deeply`, { where })
}

/** What YAML has no place for but as an escape, and what a terminal or an editor would obey. */
const UNSEEN = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/g

/** A document as text. */
export async function documentText(document: object, kind: 'yaml' | 'json'): Promise<string> {
  if (kind === 'json') return `${withEscapes(JSON.stringify(document, null, 2))}\n`
  const { Document, visit } = await import('yaml')
  // As PyYAML reads it, which takes `yes` for true.
  const made = new Document(document, { version: '1.1', aliasDuplicateObjects: false })
  visit(made, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && scalar.value.search(UNSEEN) >= 0) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return withEscapes(made.toString({ lineWidth: 0, directives: false }))
}

/** Within double quotes the escapes of YAML are those of JSON. */
function withEscapes(text: string): string {
  return text.replaceAll(UNSEEN, (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

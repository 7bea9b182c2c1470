import { failure } from '../codes.ts'

/** A pattern of `.dvcignore`, made into regular expressions as pathspec 1.1 does for DVC. */
export interface Pattern {
  /** What `dvc check-ignore --details` calls it. */
  readonly mark: string
  readonly text: string
  readonly regex: RegExp
  /** False for one that starts with `!`. */
  readonly ignores: boolean
  /** Whether it ends with a slash, and so concerns directories only. */
  readonly directories: boolean
}

const DIRECTORY = '/'
/** Python's `$` matches before a line end too. */
const DIRECTORY_OR_END = '(?:/|(?=\\n?$))'

/**
 * Reads a pattern, relative to the folder of its file. What it matches has to match from the start.
 *
 * @returns `undefined` for comments, and for brackets without an end, which git passes over too
 * @throws DS_DVC_IGNORE_PATTERN where DVC breaks off
 */
export function readPattern(text: string, mark: string): Pattern | undefined {
  const kept = text.endsWith('\\ ') ? text : text.trimEnd()
  if (kept === '' || kept.startsWith('#') || kept === '/') return undefined
  const ignores = !kept.startsWith('!')
  const parts = (ignores ? kept : kept.slice(1)).split('/')
  const directories = parts.at(-1) === ''
  try {
    const source = regexOf(normalized(parts), directories)
    if (source === undefined) return undefined
    return { mark, text, regex: new RegExp(`^(?:${source})`, 'u'), ignores, directories: text.endsWith('/') }
  } catch (error) {
    throw failure('DS_DVC_IGNORE_PATTERN', `${mark || text} cannot be understood`, { where: mark, cause: error })
  }
}

/** The parts of a pattern from its root on: `**` where it may match anywhere, or all beneath. */
function normalized(parts: readonly string[]): string[] {
  const single = parts.length === 1 || (parts.length === 2 && parts[1] === '')
  let found = [...parts]
  if (parts[0] === '') found = found.slice(1)
  else if (single && parts[0] !== '**') found = ['**', ...found]
  if (found.length === 0) throw new Error('nothing is left of it')
  if (found.at(-1) === '') found[found.length - 1] = '**'
  return found.filter((part, at) => part !== '**' || found[at - 1] !== '**')
}

function regexOf(parts: readonly string[], directories: boolean): string | undefined {
  const all = parts.join('/')
  if (all === '**') return directories ? DIRECTORY : '[^\\n]'
  if (all === '**/*') return '[^\\n]'
  if (all === '**/*/**') return DIRECTORY
  let regex = ''
  let needsSlash = false
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1
    if (part === '**') {
      if (at === 0) regex += '(?:[^\\n]+/)?'
      else if (isLast) regex += DIRECTORY
      else {
        regex += '(?:/[^\\n]+)?'
        needsSlash = true
      }
      continue
    }
    const glob = part === '*' ? '[^/]+' : globOf(part)
    if (glob === undefined) return undefined
    regex += `${needsSlash ? '/' : ''}${glob}${isLast ? DIRECTORY_OR_END : ''}`
    needsSlash = true
  }
  return regex
}

function globOf(part: string): string | undefined {
  let regex = ''
  for (let at = 0; at < part.length; at++) {
    const character = String.fromCodePoint(part.codePointAt(at) as number)
    if (character === '*') regex += '[^/]*'
    else if (character === '?') regex += '[^/]'
    else if (character === '\\') {
      const next = part.codePointAt(++at)
      if (next === undefined) throw new Error('a backslash stands at its end')
      regex += literal(String.fromCodePoint(next))
      if (next > 0xffff) at++
    } else if (character === '[') {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(part.slice(at))
      if (!set) return undefined
      const [whole, not = '', body = ''] = set
      regex += `[${not === '' ? '' : '^'}${body.replaceAll(/[\\[\]^]/g, String.raw`\$&`)}]`
      at += whole.length - 1
    } else {
      regex += literal(character)
      at += character.length - 1
    }
  }
  return regex
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}

/**
 * A pattern of a folder's file, written for the root, just as DVC does it: characters of the folder's name that patterns
 * give a meaning keep that meaning.
 *
 * @param folder relative to the root, POSIX
 */
export function rebase(text: string, folder: string): string {
  if (text.startsWith('#')) return text
  const negated = text.startsWith('!')
  let rest = negated ? text.slice(1) : text
  const anywhere = !rest.slice(0, -1).includes('/') || rest.startsWith('**/')
  rest = rest.replace(anywhere ? /^\*\*\// : /^\//, '').replace(/^\\/, '')
  return `${negated ? '!/' : ''}${folder}/${anywhere ? '**/' : ''}${rest}`
}

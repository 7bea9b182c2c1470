import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { posix } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import ignore from 'ignore'
import { unreadable } from './hash.ts'

/** DVC's own name for the files with patterns. */
export const IGNORE_FILE = '.dvcignore'

/** What DVC never looks at, before any pattern of the user. */
const BUILT_IN = ['.hg/', '.git/', '.git', '.dvc/']

/** The `.dvcignore` rules of a repository. */
export interface DvcIgnore {
  /**
   * Says which pattern ignores a path.
   *
   * @param path relative to the repository, POSIX
   * @returns file, line and pattern, as `.dvcignore:1:*.tmp`; `undefined` where the path is not ignored
   */
  ignoredBy(path: string, isDirectory: boolean): Promise<string | undefined>
}

interface Rule {
  readonly pattern: string
  readonly mark: string
}

interface Rules {
  readonly list: readonly Rule[]
  readonly matcher: ReturnType<typeof ignore>
}

/**
 * Reads `.dvcignore` files as they are come by: the repository's, and those in folders on the way to a path. The deeper
 * file and the later line win; what lies in an ignored folder stays ignored.
 *
 * @param root the repository's folder
 */
export function openIgnore(root: string): DvcIgnore {
  const folders = new Map<string, Promise<Rules>>()

  const rulesFor = (folder: string): Promise<Rules> => {
    let rules = folders.get(folder)
    if (!rules) folders.set(folder, (rules = readRules(folder)))
    return rules
  }

  const readRules = async (folder: string): Promise<Rules> => {
    const above = folder === '' ? rulesOf(BUILT_IN.map(builtIn)) : await rulesFor(parentOf(folder))
    const file = posix.join(folder, IGNORE_FILE)
    if (above.matcher.ignores(file)) return above
    const own = parsePatterns(await readIfThere(join(root, file)), file, folder)
    return own.length === 0 ? above : rulesOf([...above.list, ...own])
  }

  return {
    async ignoredBy(path, isDirectory) {
      const { list, matcher } = await rulesFor(parentOf(path))
      if (list.length === BUILT_IN.length && !/(?:^|\/)\.(?:hg|git|dvc)(?:\/|$)/.test(path)) return undefined
      const { ignored, rule } = matcher.test(isDirectory ? `${path}/` : path)
      return ignored ? (rule?.mark ?? '') : undefined
    },
  }
}

function parentOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

function builtIn(pattern: string): Rule {
  return { pattern, mark: `built in:${pattern}` }
}

function rulesOf(list: readonly Rule[]): Rules {
  return { list, matcher: ignore({ ignorecase: false, allowRelativePaths: true }).add(list) }
}

function parsePatterns(text: string, file: string, folder: string): Rule[] {
  return text.split('\n').flatMap((line, at) => {
    const pattern = line.trim()
    if (pattern === '' || pattern.startsWith('#')) return []
    return [{ pattern: rebase(pattern, folder), mark: `${file}:${at + 1}:${pattern}` }]
  })
}

/** The pattern of a file in a folder, written for the root: with a slash within it is bound to the folder. */
function rebase(pattern: string, folder: string): string {
  if (folder === '') return pattern
  const negated = pattern.startsWith('!') ? '!' : ''
  const rest = pattern.slice(negated.length).replace(/^\\(?=[!#])/, '')
  const bound = rest.slice(0, -1).includes('/') && !rest.startsWith('**/')
  const prefix = folder.replaceAll(/[\\*?[\]!# ]/g, (character) => `\\${character}`)
  return `${negated}/${prefix}/${bound ? rest.replace(/^\//, '') : `**/${rest.replace(/^\*\*\//, '')}`}`
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return ''
    throw unreadable(path, error)
  }
}

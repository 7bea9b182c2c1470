import { existsSync, lstatSync } from 'node:fs'
import { join, posix } from 'node:path'
import { readTextFile, systemCode } from '@dayshift/core/ground'
import { unreadable } from '../cache/hash.ts'
import { readPattern, rebase, type Pattern } from '../formats/pattern.ts'
import { RESERVED } from '../formats/reserved.ts'

/** DVC's own name for the files with patterns. */
export const IGNORE_FILE = '.dvcignore'

/** What DVC never looks at, before any pattern of the user. */
const BUILT_IN = ['.hg/', '.git/', '.git', '.dvc/']

/** The `.dvcignore` rules of a repository. */
export interface DvcIgnore {
  /**
   * Says which pattern ignores a path, for whoever walks down to it.
   *
   * @param path relative to the repository, POSIX
   * @returns file, line and pattern, as `.dvcignore:1:*.tmp`; `undefined`, at once or later, where the path is not ignored
   */
  ignoredBy(path: string, isDirectory: boolean): Promise<string | undefined> | undefined
  /** What `dvc check-ignore` says: also of a repository within, and with a pattern that keeps the path. */
  check(path: string, isDirectory: boolean): Promise<Verdict>
}

/** What patterns say of a path. */
interface Verdict {
  readonly ignored: boolean
  /** The pattern that decided; absent where none matches. */
  readonly mark?: string
}

/** Patterns of one sort in a row: of those that ignore, the first that matches is named. */
interface Group {
  readonly patterns: readonly Pattern[]
  readonly ignores: boolean
  readonly directories: boolean
}

interface Rules {
  readonly patterns: readonly Pattern[]
  /** The last one decides first. */
  readonly groups: readonly Group[]
  /** What they say of folders. */
  readonly folders: Map<string, Promise<Verdict>>
}

const UNMATCHED: Verdict = { ignored: false }

/** Where `.dvcignore` files and repositories within are looked for. */
export interface IgnoreFiles {
  /** A file's text; empty where there is none. */
  read(path: string): Promise<string>
  /** Whether a folder is a DVC repository itself. */
  isRepo(folder: string): Promise<boolean>
}

/**
 * Reads `.dvcignore` files as they are come by: the repository's, and those in folders on the way to a path. The deeper
 * file and the later line win; what lies in an ignored folder stays ignored, and so does a repository within.
 *
 * @param place the repository's folder, or where else its files are
 * @throws DS_DVC_IGNORE_PATTERN, DS_DVC_UNREADABLE; each method does
 */
export function openIgnore(place: string | IgnoreFiles): DvcIgnore {
  const files = typeof place === 'string' ? filesOf(place) : place
  const builtIn = rulesOf(BUILT_IN.flatMap((text) => readPattern(text, `:${text}`) ?? []))
  const rules = new Map<string, Promise<Rules>>()
  const repos = new Map<string, Promise<boolean>>()
  /** Folders that are not ignored, and in which no pattern counts but the built-in ones: nearly all of most repositories. */
  const free = new Set<string>()

  const rulesFor = (folder: string): Promise<Rules> => {
    const known = rules.get(folder) ?? readRules(folder)
    rules.set(folder, known)
    return known
  }

  const readRules = async (folder: string): Promise<Rules> => {
    const above = folder === '' ? builtIn : await rulesFor(parentOf(folder))
    const file = posix.join(folder, IGNORE_FILE)
    if ((await byPatterns(above, file, false)).ignored) return above
    const own = readPatterns(await files.read(file), file, folder)
    return own.length === 0 ? above : rulesOf([...above.patterns, ...own])
  }

  /** As DVC, the patterns of the deepest folder decide on all folders above the path too. */
  const byPatterns = async (by: Rules, path: string, isDirectory: boolean): Promise<Verdict> => {
    const parent = parentOf(path)
    const above = parent === '' ? UNMATCHED : await verdictOn(by, parent)
    return above.ignored ? above : match(by, path, isDirectory)
  }

  const verdictOn = (by: Rules, folder: string): Promise<Verdict> => {
    const known = by.folders.get(folder) ?? withRepos(by, folder)
    by.folders.set(folder, known)
    return known
  }

  /** DVC takes a repository within for one more pattern, after those that there are. */
  const withRepos = async (by: Rules, folder: string): Promise<Verdict> => {
    const parent = parentOf(folder)
    if (parent !== '') {
      const above = await verdictOn(by, parent)
      if (above.ignored) return above
    }
    if (!(await isRepo(folder))) return match(by, folder, true)
    const [last] = (await rulesFor(parent)).groups
    const named = last?.ignores && last.directories ? matchGroup(last, folder, true) : undefined
    return named ?? { ignored: true, mark: `in sub_repo:${posix.basename(folder)}` }
  }

  const isRepo = (folder: string): Promise<boolean> => {
    const known = repos.get(folder) ?? files.isRepo(folder)
    repos.set(folder, known)
    return known
  }

  const decide = async (path: string, parent: string, isDirectory: boolean): Promise<string | undefined> => {
    const by = await rulesFor(parent)
    if (by === builtIn && (parent === '' || !(await verdictOn(by, parent)).ignored)) free.add(parent)
    const { ignored, mark = '' } = await byPatterns(by, path, isDirectory)
    return ignored ? mark : undefined
  }

  return {
    async check(path, isDirectory) {
      const by = await rulesFor(parentOf(path))
      return isDirectory ? verdictOn(by, path) : byPatterns(by, path, false)
    },
    ignoredBy(path, isDirectory) {
      const slash = path.lastIndexOf('/')
      const parent = slash < 0 ? '' : path.slice(0, slash)
      return free.has(parent) && !RESERVED.has(path.slice(slash + 1)) ? undefined : decide(path, parent, isDirectory)
    },
  }
}

function filesOf(root: string): IgnoreFiles {
  return {
    read: (path) => readIfThere(join(root, path)),
    // At once: each folder is asked, and to hand such a question to another thread costs far more than the answer.
    isRepo: async (folder) => existsSync(join(root, folder, '.dvc')),
  }
}

function match({ groups }: Rules, path: string, isDirectory: boolean): Verdict {
  for (const group of groups) {
    const verdict = matchGroup(group, path, isDirectory)
    if (verdict) return verdict
  }
  return UNMATCHED
}

function matchGroup(
  { patterns, ignores, directories }: Group,
  path: string,
  isDirectory: boolean,
): Verdict | undefined {
  if (directories && !isDirectory) return undefined
  for (const each of isDirectory ? [path, `${path}/`] : [path]) {
    const found = patterns.find(({ regex }) => regex.test(each))
    if (found) return { ignored: ignores, mark: found.mark }
  }
  return undefined
}

function rulesOf(patterns: readonly Pattern[]): Rules {
  const groups: { patterns: Pattern[]; ignores: boolean; directories: boolean }[] = []
  for (const pattern of patterns) {
    const { ignores, directories } = pattern
    const last = groups.at(-1)
    if (last && ignores && last.ignores && last.directories === directories) last.patterns.push(pattern)
    else groups.push({ patterns: [pattern], ignores, directories })
  }
  return { patterns, groups: groups.toReversed(), folders: new Map() }
}

function readPatterns(text: string, file: string, folder: string): Pattern[] {
  return text.split(/\r\n|[\n\r]/).flatMap((line, at) => {
    // A byte order mark is no white space to Python.
    const pattern = line.replaceAll(/^[^\S\uFEFF]+|[^\S\uFEFF]+$/g, '')
    if (pattern === '' || pattern.startsWith('#')) return []
    const written = folder === '' ? pattern : rebase(pattern, folder)
    return readPattern(written, `${file}:${at + 1}:${pattern}`) ?? []
  })
}

function parentOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

async function readIfThere(path: string): Promise<string> {
  try {
    // Nearly no folder has one: an error for each would cost more than to look first.
    return lstatSync(path, { throwIfNoEntry: false }) ? await readTextFile(path) : ''
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return ''
    throw unreadable(path, error)
  }
}

import { messageOf, nearest } from '@dayshift/core/ground'
import { placeInVariable } from './environment.ts'
import { isTree, type Said, type Tree } from './tree.ts'

/** Reads values of one part of a configuration. What is wrong with them is kept, to be told together. */
export interface Checker {
  /** What reads a part within this one, where it is there. */
  within(key: string): Checker | undefined
  /** The same for a part that is in a list. */
  item(key: string, at: number): Checker | undefined
  has(key: string): boolean
  /** The keys of this part. */
  keys(): readonly string[]
  text(key: string): string | undefined
  texts(key: string): readonly string[] | undefined
  flag(key: string): boolean | undefined
  /** @param least the lowest value that it may have */
  number(key: string, least: number, isWhole?: boolean): number | undefined
  oneOf<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined
  /** A value as it is. */
  raw(key: string): unknown
  /** Says of a key that it is missing, or wrong in a way that its type is not. Values are never told: they may be secret. */
  tell(key: string, problem: string): void
  /** Says of all other keys that nobody knows them. */
  only(keys: readonly string[]): void
}

/** What is wrong with a text that was meant as JSON, without anything of it. */
function jsonProblem(found: unknown): string {
  if (typeof found !== 'string' || !/^\s*[[{]/.test(found)) return ''
  try {
    JSON.parse(found)
    return ''
  } catch (error) {
    const at = / at position (\d+)/.exec(messageOf(error))?.[1]
    return `: its JSON ${at === undefined ? 'ends too early' : `is wrong at character ${Number(at) + 1}`}`
  }
}

/** Reads a configuration; what is wrong comes into `problems`, each with its place. */
export function checkerOf({ tree, sources }: Said, problems: string[]): Checker {
  const placeOf = (path: string): string => {
    for (let at = path; at !== ''; at = at.replace(/(^|\.)[^.]*$/, '')) {
      const source = sources.get(at)
      if (source !== undefined)
        return source.startsWith('OPENLINEAGE_') ? placeInVariable(source, path) : `${source} › ${path}`
    }
    return path
  }
  const part = (own: Tree, path: string): Checker => {
    const full = (key: string): string => (path === '' ? key : `${path}.${key}`)
    const tell = (key: string, problem: string): void => void problems.push(`${placeOf(full(key))} ${problem}`)
    const value = (key: string): unknown => (Object.hasOwn(own, key) ? (own[key] ?? undefined) : undefined)
    const typed = <Type>(key: string, is: (found: unknown) => found is Type, what: string): Type | undefined => {
      const found = value(key)
      if (found === undefined || is(found)) return found
      tell(key, `is no ${what}${jsonProblem(found)}`)
      return undefined
    }
    return {
      within(key) {
        const found = typed(key, isTree, 'part with keys of its own')
        return found && part(found, full(key))
      },
      item(key, at) {
        const found = (value(key) as readonly unknown[])[at]
        if (isTree(found)) return part(found, full(`${key}.${at}`))
        tell(`${key}.${at}`, 'is no part with keys of its own')
        return undefined
      },
      has: (key) => value(key) !== undefined,
      keys: () => Object.keys(own),
      text: (key) => typed(key, (found) => typeof found === 'string', 'text'),
      texts(key) {
        const found = value(key)
        return typeof found === 'string'
          ? [found]
          : typed(
              key,
              (list): list is string[] => Array.isArray(list) && list.every((one) => typeof one === 'string'),
              'list of texts',
            )
      },
      flag: (key) => typed(key, (found) => typeof found === 'boolean', 'true or false'),
      number(key, least, isWhole = false) {
        const what = `${isWhole ? 'whole ' : ''}number of at least ${least}`
        const fits = (found: unknown): found is number =>
          typeof found === 'number' && found >= least && Number.isFinite(found) && (!isWhole || Number.isInteger(found))
        return typed(key, fits, what)
      },
      oneOf<Choice extends string>(key: string, choices: readonly Choice[]) {
        return typed(
          key,
          (found): found is Choice => choices.some((one) => one === found),
          `value of ${choices.join(', ')}`,
        )
      },
      raw: value,
      tell,
      only(keys) {
        for (const key of Object.keys(own)) {
          if (keys.includes(key)) continue
          const near = nearest(key, keys)
          tell(key, `is not known${near === undefined ? '' : `; did you mean ${near}?`}`)
        }
      },
    }
  }
  return part(tree, '')
}

import { existsSync } from 'node:fs'
import { failure } from './codes.ts'

/** Options of several verbs that are texts where they are given. */
const TEXTS = ['message', 'tag', 'from', 'to', 'revision', 'version', 'since'] as const

/**
 * Refuses a call that the types would not let through: JavaScript does.
 *
 * @param options need a `cwd` that exists
 * @param lists arguments that are lists of texts, by their names
 * @param texts arguments that are texts, by their names
 * @throws DS_DVC_CALL
 */
export function checkCall(
  options: unknown,
  lists: Readonly<Record<string, unknown>> = {},
  texts: Readonly<Record<string, unknown>> = {},
): void {
  for (const [name, list] of Object.entries(lists)) {
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) continue
    throw failure('DS_DVC_CALL', `the ${name} are no list of texts, as ['data/a.csv']`, { where: name })
  }
  checkTexts(texts)
  const given = (options ?? {}) as Readonly<Record<string, unknown>>
  const { cwd, lockTimeout } = given
  checkFolder(cwd)
  if (!existsSync(cwd)) throw failure('DS_DVC_CALL', `the folder ${cwd} does not exist`, { where: 'cwd' })
  for (const name of TEXTS) {
    if (given[name] === undefined || typeof given[name] === 'string') continue
    throw failure('DS_DVC_CALL', `the option ${name} is no text`, { where: name })
  }
  if (lockTimeout === undefined || (typeof lockTimeout === 'number' && lockTimeout >= 0)) return
  throw failure('DS_DVC_CALL', 'the option lockTimeout is no number of seconds', { where: 'lockTimeout' })
}

/**
 * Refuses arguments that are no texts, by their names.
 *
 * @throws DS_DVC_CALL
 */
export function checkTexts(texts: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string') throw failure('DS_DVC_CALL', `the ${name} is no text`, { where: name })
  }
}

/**
 * Refuses what is no folder's path.
 *
 * @throws DS_DVC_CALL
 */
export function checkFolder(cwd: unknown): asserts cwd is string {
  if (typeof cwd === 'string' && cwd !== '') return
  throw failure('DS_DVC_CALL', 'the options name no folder to work in, as { cwd: process.cwd() }', { where: 'cwd' })
}

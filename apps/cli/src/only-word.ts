import { failure } from './codes.ts'

/** The one word that a command takes. */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, second] = positionals
  if (word === undefined) throw failure('DS_USAGE', `${what} is missing`)
  if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one ${what} is taken`)
  return word
}

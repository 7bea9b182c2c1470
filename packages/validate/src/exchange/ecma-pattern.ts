import { messageOf } from '@dayshift/core'
import type { Notes } from './notes.ts'

/**
 * A pattern of ECMA-262. One that does not compile is a mistake of the file.
 *
 * @param place where it stands
 */
export function ecmaPattern(source: string, place: string, notes: Notes): RegExp | undefined {
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    try {
      // Older patterns escape what need not be.
      return new RegExp(source)
    } catch {
      notes.mistake(place, `${source} is no regular expression: ${reasonOf(error)}`)
      return undefined
    }
  }
}

/** The engine's own words, without the pattern that they repeat. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/^Invalid regular expression: .*: /s, '')
}

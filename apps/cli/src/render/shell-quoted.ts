/**
 * A word as a POSIX shell takes it, quoted where it has to be, as Python's `shlex.quote` does.
 *
 * @example shellQuoted('it is') // `'it is'`
 */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`
}

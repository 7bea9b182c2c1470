/**
 * Adds the line that keeps data out of git to the text of the `.gitignore` beside it.
 *
 * @param text what the file holds now; empty where there is none
 * @param name the data's name in that folder
 * @returns the new text; the same text where the line is there already
 * @example withIgnored('/a', 'weather [raw].csv') // '/a\n/weather \\[raw\\].csv\n'
 */
export function withIgnored(text: string, name: string): string {
  const line = `/${escapePattern(name)}`
  if (text.split(/\r?\n/).includes(line)) return text
  const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${complete}${line}\n`
}

/** DVC leaves backslashes and spaces at the end as they are, so that git goes on seeing such files. */
function escapePattern(name: string): string {
  return name
    .replaceAll(/[\\[\]!*#?]/g, (character) => `\\${character}`)
    .replace(/ +$/, (spaces) => '\\ '.repeat(spaces.length))
}

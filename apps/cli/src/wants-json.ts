/** Whether words ask for JSON, told before they are parsed: an error in them is to come out as they ask. */
export function wantsJson(words: readonly string[]): boolean {
  const at = words.indexOf('--format')
  return words.includes('--json') || words.includes('--format=json') || (at >= 0 && words[at + 1] === 'json')
}

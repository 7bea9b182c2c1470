/**
 * The source of a pattern that is a text and nothing else, in JavaScript and in Python.
 *
 * @example literalPattern('a.b') // 'a\\.b'
 */
export function literalPattern(text: string): string {
  return text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, String.raw`\$&`)
}

/** A string of JSON, or what parts and nests values; numbers and words lie between. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/**
 * The text of a JSON object with some of its keys, each with its value as it is written.
 *
 * @param text of an object that is well formed; of another value it is given back
 * @example withKeys('{"a": 1.0, "b": [2]}', new Set(['a'])) // '{"a": 1.0}'
 */
export function withKeys(text: string, names: ReadonlySet<string>): string {
  const members: string[] = []
  let depth = 0
  let start = 0
  let key: string | undefined
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      if (depth++ === 0) {
        if (token === '[') return text
        start = index + 1
      }
    } else if (token === '}' || token === ']') depth--
    // The first text of a member is its key.
    else if (depth === 1 && token.startsWith('"')) key ??= JSON.parse(token) as string
    if ((depth === 1 && token === ',') || depth === 0) {
      if (key !== undefined && names.has(key)) members.push(text.slice(start, index).trim())
      start = index + 1
      key = undefined
    }
  }
  return depth === 0 && start > 0 ? `{${members.join(', ')}}` : text
}

/** Where a text of JSON begins, or what parts and nests values; numbers and words lie between. */
const TOKENS = /["{}[\],:]/g

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
  for (let index = nextToken(text, 0); index >= 0; index = nextToken(text, index + 1)) {
    const token = text[index]
    if (token === '"') {
      if (depth === 0) return text
      const end = textEnd(text, index)
      // The first text of a member is its key.
      if (depth === 1) key ??= JSON.parse(text.slice(index, end + 1)) as string
      index = end
    } else if (token === '{' || token === '[') {
      if (depth++ === 0) {
        if (token === '[') return text
        start = index + 1
      }
    } else if (token === '}' || token === ']') depth--
    if ((depth === 1 && token === ',') || depth === 0) {
      if (key !== undefined && names.has(key)) members.push(text.slice(start, index).trim())
      start = index + 1
      key = undefined
    }
  }
  return depth === 0 && start > 0 ? `{${members.join(', ')}}` : text
}

function nextToken(text: string, from: number): number {
  TOKENS.lastIndex = from
  return TOKENS.exec(text)?.index ?? -1
}

/** Where a text of JSON ends. Looked for, since a pattern over millions of characters is more than the stack holds. */
function textEnd(text: string, start: number): number {
  let end = start
  let escapes
  do {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    escapes = end - 1
    while (text[escapes] === '\\') escapes--
  } while ((end - escapes) % 2 === 0)
  return end
}

/** The most that a document may be nested: readers of it call themselves, and the engine ends where its stack does. */
export const DEEPEST = 500

/** Whether lists and mappings of parsed data stand too deeply within one another. */
export function isDeep(document: unknown): boolean {
  const left: (readonly [value: unknown, depth: number])[] = [[document, 0]]
  const passed = new Map<unknown, number>()
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null || depth <= (passed.get(value) ?? -1)) continue
    if (depth > DEEPEST) return true
    passed.set(value, depth)
    for (const inner of Object.values(value)) left.push([inner, depth + 1])
  }
  return false
}

/** Whether brackets, dashes and indents of a YAML text are more than can be read. Those in texts count as well. */
export function isDeepText(text: string): boolean {
  const indents: number[] = []
  let brackets = 0
  for (const line of text.split('\n')) {
    const [lead = ''] = /^(?:[ \t]|[-?:][ \t])*/.exec(line) ?? []
    if (line.trim() === '') continue
    while ((indents.at(-1) ?? -1) >= lead.length) indents.pop()
    indents.push(lead.length)
    const around = indents.length + lead.replaceAll(/[ \t]/g, '').length
    let most = brackets
    for (const sign of line) {
      if (sign === '[' || sign === '{') most = Math.max(most, ++brackets)
      else if (sign === ']' || sign === '}') brackets = Math.max(0, brackets - 1)
    }
    if (around + most > DEEPEST) return true
  }
  return false
}

import { failure } from '../codes.ts'

/**
 * Checks that a text is the name of a type, nested ones included. It is no value, so it cannot be quoted.
 *
 * @returns the name as it was given
 * @throws DS_VALUE_UNSUPPORTED
 */
export function typeName(type: string, verb: string): string {
  // Names and values in quotes may hold anything.
  const bare = type.replaceAll(/"(?:[^"\0]|"")+"|'(?:[^'\0]|'')*'/g, 'q')
  if (/^[A-Za-z][A-Za-z0-9_ ]*(\([\w\s,()[\]]*\))?(\[\d*\])*$/.test(bare) && isClosed(bare)) return type
  throw failure('DS_VALUE_UNSUPPORTED', `${verb}: '${type}' is not the name of a type`, {
    hint: 'As BIGINT, DOUBLE, DECIMAL(18, 3), VARCHAR, DATE, INTEGER[].',
  })
}

/** Whether what the first bracket opens is closed by the last one, and not before. */
function isClosed(type: string): boolean {
  let depth = 0
  let ends = 0
  for (const character of type) {
    if (character === '(') depth++
    if (character === ')' && --depth === 0) ends++
  }
  return depth === 0 && ends <= 1
}

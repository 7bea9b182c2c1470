import { failure } from '../codes.ts'

/**
 * Checks that a text is the name of a type, nested ones included. It is no value, so it cannot be quoted.
 *
 * @returns the name as it was given
 * @throws DS_VALUE_UNSUPPORTED
 */
export function typeName(type: string, verb: string): string {
  if (/^[A-Za-z][A-Za-z0-9_ ]*(\([\w "',()[\]]*\))?(\[\d*\])*$/.test(type) && isClosed(type)) return type
  throw failure('DS_VALUE_UNSUPPORTED', `${verb}: '${type}' is not the name of a type`, {
    hint: 'As BIGINT, DOUBLE, DECIMAL(18, 3), VARCHAR, DATE, INTEGER[].',
  })
}

/** Whether what the first bracket opens is closed by the last one, and not before. */
function isClosed(type: string): boolean {
  let depth = 0
  const ends = [...type].flatMap((character, at) => {
    if (character === '(') depth++
    return character === ')' && --depth === 0 ? [at] : []
  })
  return depth === 0 && ends.length <= 1
}

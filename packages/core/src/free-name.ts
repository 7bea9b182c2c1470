/**
 * A column name that is not taken, whatever comes behind it: none of the names begins with it, case aside.
 *
 * @example freeName(['id', '_row']) // '__row'
 * @example freeName(['id', '_ROW_1']) // '__row'
 */
export function freeName(names: readonly string[]): string {
  const taken = names.map((name) => name.toLowerCase())
  let free = '_row'
  while (taken.some((name) => name.startsWith(free))) free = `_${free}`
  return free
}

/** Values of which it is remembered what was found, a column. */
const REMEMBERED = 10_000

const MINUS_ZERO = Symbol('-0')

/** What is found of a column's stored values, the last of them remembered, unless hardly any comes again. */
export function remembering<Found>(find: (stored: unknown) => Found): (stored: unknown) => Found {
  const known = new Map<unknown, Found>()
  let asked = 0
  let remembers = true
  return (stored) => {
    if (!remembers) return find(stored)
    asked++
    // A map takes −0 for 0.
    const key = Object.is(stored, -0) ? MINUS_ZERO : stored
    let found = known.get(key)
    if (found === undefined) {
      found = find(stored)
      if (known.size >= REMEMBERED) {
        remembers = asked > 2 * REMEMBERED
        asked = 0
        known.clear()
      }
      known.set(key, found)
    }
    return found
  }
}

/**
 * A value as JSON text, with what JSON lacks: bigints and numbers that are none (NaN, ±Infinity) as text, which casts
 * read; bytes as the engine's text of them; maps as objects, sets and typed arrays as lists.
 *
 * @throws TypeError for an object that holds itself
 */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, given: unknown) {
    // A Buffer has become an object by now.
    const inner = this[key] instanceof Uint8Array ? this[key] : given
    if (typeof inner === 'bigint') return String(inner)
    if (typeof inner === 'number') return Number.isFinite(inner) ? inner : String(inner)
    if (typeof inner !== 'object' || inner === null) return inner
    if (inner instanceof Uint8Array)
      return Array.from(inner, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
    if (inner instanceof Map) return Object.fromEntries(inner as Map<string, unknown>)
    if (inner instanceof Set || (ArrayBuffer.isView(inner) && !(inner instanceof DataView))) {
      return Array.from(inner as Iterable<unknown>)
    }
    return inner
  })
}

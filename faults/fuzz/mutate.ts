import fc from 'fast-check'
import type { Target } from './target.ts'

/** Numbers by chance; `below(n)` is a whole one from 0 up to n, without n. */
export interface Random {
  below(limit: number): number
  pick<Item>(list: readonly Item[]): Item
}

/** Bytes that parsers stumble over. */
const ODD = [
  '\0',
  '\ufeff',
  '\r',
  '\r\n',
  '\n',
  '\t',
  '"',
  "'",
  '`',
  '\\',
  '\u2028',
  '\u0085',
  '\u001b[31m',
  '\ud83d\ude00',
  ' ',
  '-1',
  '0',
  '1e999',
  '-0',
  '99999999999999999999',
  '0x1F',
  'NaN',
  '.inf',
  'null',
  '~',
  'true',
  '2026-13-45',
  '1_000',
  '../',
  '/',
  'C:\\',
  '\\\\?\\',
  '%2e%2e%2f',
  '*',
  '**',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '?',
  '+',
  '|',
  '$',
  '^',
  '%',
  '#',
  '__proto__',
  'constructor',
  'toString',
  '&a',
  '*a',
  '!!js/function',
  '<<: *a',
  '${x}',
  '---',
  '...',
  ':',
  ': ',
  '- ',
].map((text) => Buffer.from(text))
const NOT_UTF8 = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xfe, 0xff],
  [0xff, 0xfe],
  [0x80],
].map((bytes) => Buffer.from(bytes))

/** Values of JSON, small and odd ones. */
const VALUE = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    [],
    {},
    -1,
    0,
    1e308,
    2 ** 53,
    true,
    '\0',
    '__proto__',
    '../../x',
    'x'.repeat(5000),
    [[[[]]]],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

/** A case of a target: a text of its own, changed at one to four places, or a tree of which a part is another. */
export function mutated(target: Target, random: Random): Buffer {
  const { trees = [], words = [] } = target
  if (trees.length > 0 && random.below(2) === 0) {
    let tree: unknown = structuredClone(random.pick(trees))
    for (let times = 1 + random.below(3); times > 0; times--) tree = grafted(tree, random)
    return Buffer.from(JSON.stringify(tree) ?? '')
  }
  let bytes: Buffer = Buffer.from(random.pick(target.texts))
  for (let times = 1 + random.below(4); times > 0; times--) {
    const other = Buffer.from(random.pick(target.texts))
    bytes = changed(bytes, other, words, random)
  }
  return bytes
}

function changed(bytes: Buffer, other: Buffer, words: readonly string[], random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random.below(random.pick([2, 8, 64])))
  const put = (middle: Buffer, from = at): Buffer =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(from)])
  switch (random.below(10)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << random.below(8))
      return flipped
    }
    case 1:
      return put(Buffer.alloc(0), end)
    case 2:
      return put(bytes.subarray(at, end), at)
    case 3:
      return put(random.pick(ODD))
    case 4:
      return put(random.pick(ODD), end)
    case 5:
      return put(random.pick(NOT_UTF8))
    case 6:
      return bytes.subarray(0, at)
    case 7: {
      const from = random.below(other.length + 1)
      return put(other.subarray(from, from + random.below(200)))
    }
    case 8: {
      // Deep or long: brackets, quotes or a part of the text, many times.
      const part = random.below(2) === 0 ? random.pick(ODD) : bytes.subarray(at, end)
      return put(Buffer.concat(Array.from({ length: random.pick([3, 100, 3000]) }, () => part)))
    }
    default:
      return words.length === 0
        ? put(random.pick(ODD))
        : put(Buffer.from(random.pick(words)), random.below(2) === 0 ? at : end)
  }
}

/** A tree with another value at one of its places, or without it, or with one more. */
function grafted(tree: unknown, random: Random): unknown {
  const places: { readonly parent: Record<string, unknown>; readonly key: string }[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      places.push({ parent: value as Record<string, unknown>, key })
      visit(child)
    }
  }
  visit(tree)
  const [value] = fc.sample(VALUE, { numRuns: 1, seed: random.below(2 ** 31) })
  if (places.length === 0) return value
  const { parent, key } = random.pick(places)
  const other = random.pick(places)
  switch (random.below(5)) {
    case 0:
      delete parent[key]
      return tree
    case 1:
      parent[key] = structuredClone(other.parent[other.key])
      return tree
    case 2: {
      const name = random.pick(['__proto__', 'constructor', '', ' ', other.key, 'x'.repeat(300)])
      Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true })
      return tree
    }
    default:
      parent[key] = value
      return tree
  }
}

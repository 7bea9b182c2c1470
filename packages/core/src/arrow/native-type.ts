/** A type of the engine, taken apart. */
export type NativeType =
  | { readonly kind: 'plain'; readonly name: string }
  | { readonly kind: 'decimal'; readonly digits: number; readonly places: number }
  | { readonly kind: 'list'; readonly of: NativeType; readonly size: number | undefined }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, type: NativeType])[] }
  | { readonly kind: 'map'; readonly key: NativeType; readonly value: NativeType }

/**
 * Takes the engine's name of a type apart.
 *
 * @example nativeTypeOf('STRUCT("a b" INTEGER, c DECIMAL(4,1)[])')
 */
export function nativeTypeOf(text: string): NativeType {
  const array = /^(.*)\[(\d*)\]$/s.exec(text)
  if (array) {
    return { kind: 'list', of: nativeTypeOf(array[1] as string), size: array[2] === '' ? undefined : Number(array[2]) }
  }
  const [, name, inner = ''] = /^(\w+)\((.*)\)$/s.exec(text) ?? []
  if (name === 'DECIMAL') {
    const [digits, places] = inner.split(',').map(Number) as [number, number]
    return { kind: 'decimal', digits, places }
  }
  if (name === 'MAP') {
    const [key, value] = parts(inner).map(nativeTypeOf) as [NativeType, NativeType]
    return { kind: 'map', key, value }
  }
  const fields =
    name === 'STRUCT' ? parts(inner).map((part) => /^(?:"((?:[^"]|"")*)"|(\w+)) (.+)$/s.exec(part)) : [null]
  if (fields.includes(null)) return { kind: 'plain', name: name ?? text }
  return {
    kind: 'struct',
    fields: fields.map((field) => {
      const [, quoted, bare, type] = field as unknown as readonly [string, string | undefined, string, string]
      return [quoted?.replaceAll('""', '"') ?? bare, nativeTypeOf(type)]
    }),
  }
}

/** Cuts a list of types at its commas, but for those in brackets and quotes. */
function parts(text: string): string[] {
  const found: string[] = []
  let depth = 0
  let from = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]/g)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    else if (token === ',' && depth === 0) {
      found.push(text.slice(from, index))
      from = index + 1
    }
  }
  return [...found, text.slice(from)].map((part) => part.trim())
}

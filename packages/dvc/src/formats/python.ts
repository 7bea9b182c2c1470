import { isList, isMapping, type YamlValue } from './yaml.ts'

/**
 * Writes JSON as Python's `json.dumps(value, sort_keys=True)` does, byte for byte: spaces after separators, ASCII only.
 *
 * @example pythonJson({ b: [1, 'é'], a: null }) // '{"a": null, "b": [1, "\\u00e9"]}'
 */
export function pythonJson(value: YamlValue | undefined): string {
  if (typeof value === 'string') return pythonString(value)
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (!isMapping(value)) return `${value ?? null}`
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return `{${keys
    .toSorted(compareCodePoints)
    .map((key) => `${pythonString(key)}: ${pythonJson(value[key])}`)
    .join(', ')}}`
}

/** A string as Python's `json.dumps` writes it: DEL is escaped too, which `JSON.stringify` leaves. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Writes a number as Python's `str` writes a float.
 *
 * @example pythonFloat(1) // '1.0'
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const [digits = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 16) {
    const text = String(value)
    const sign = Object.is(value, -0) ? '-' : ''
    return sign + (text.includes('.') ? text : `${text}.0`)
  }
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/**
 * Orders strings by code point, as Python does. JavaScript's own order is by UTF-16 unit: it puts 😀 before U+FFE0.
 *
 * @returns below zero where `a` comes first
 */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const unitA = a.charCodeAt(at)
    const unitB = b.charCodeAt(at)
    if (unitA === unitB) continue
    const surrogateA = unitA >= 0xd800 && unitA <= 0xdfff
    const surrogateB = unitB >= 0xd800 && unitB <= 0xdfff
    if (surrogateA !== surrogateB && unitA >= 0xd800 && unitB >= 0xd800) return surrogateA ? 1 : -1
    return unitA - unitB
  }
  return a.length - b.length
}

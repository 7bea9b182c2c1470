import { z } from 'zod'
import type { TextForm } from './model.ts'

/** Days that there are, without what stands around them. */
const DAY = z.regexes.date.source.replaceAll(/^\^|\$$/g, '')
const TIME = String.raw`(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?|24:00:00)(?:Z|[+-]\d{2}(?::?\d{2})?)?`

/** The forms that are patterns. A day that is stored as a time is one at midnight. */
export const FORM_PATTERNS: Readonly<Record<'day' | 'instant' | 'year', RegExp>> = {
  day: new RegExp(String.raw`^${DAY}(?:T00:00:00\.000Z)?$`),
  instant: new RegExp(`^${DAY}[T ]${TIME}$`),
  year: /^\d{4}$/,
}

/** The words for true, or for false. */
export function wordsFor(value: unknown, { truthy, falsy }: Extract<TextForm, { form: 'words' }>): readonly string[] {
  return value === true ? truthy : falsy
}

import { printable } from '../words.ts'

const MARK = Symbol('html')

/** HTML whose texts are escaped already. Made by {@link html} alone. */
export interface Html {
  readonly [MARK]: true
  readonly text: string
}

/** What may stand in HTML: text is escaped, a list is joined, `undefined` is nothing. */
export type Content = Html | string | number | undefined | readonly Content[]

/**
 * Writes HTML with texts put in safely: within elements, and within double quotes in attributes.
 *
 * @example html`<p title="${name}">${'<b>'}</p>` // <p title="…">&lt;b&gt;</p>
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const fixed = inOneLine(parts)
  let text = fixed[0] as string
  values.forEach((value, at) => {
    text += textOf(value) + (fixed[at + 1] as string)
  })
  return { [MARK]: true, text }
}

const lines = new WeakMap<TemplateStringsArray, readonly string[]>()

/** Lines and their indents are for who reads the code: a page has one space in their place. */
function inOneLine(parts: TemplateStringsArray): readonly string[] {
  const known = lines.get(parts)
  if (known) return known
  const made = parts.map((part) => part.replaceAll(/\s*\n\s*/g, ' '))
  lines.set(parts, made)
  return made
}

/** Text that this program itself made, as HTML. */
export function trusted(text: string): Html {
  return { [MARK]: true, text }
}

/** Nothing. */
export const NOTHING: Html = trusted('')

/** Whether something is nothing. */
export function isNothing({ text }: Html): boolean {
  return text === ''
}

/** Bytes of HTML in UTF-8. */
export function sizeOf({ text }: Html): number {
  return Buffer.byteLength(text)
}

function textOf(value: Content): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escaped(value)
  return isList(value) ? value.map(textOf).join('') : value.text
}

function isList(value: Html | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that no HTML is made of. Control characters, and those that turn the direction of writing, are shown as they are named. */
function escaped(text: string): string {
  // A half of a character outside the basic plane is no text in UTF-8.
  return printable(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(
    /[&<>"']/g,
    (character) => ENTITIES[character] as string,
  )
}

import { UNSEEN, UNSEEN_PROBLEM } from '../contract-shape.ts'
import type { Notes } from './notes.ts'

/** Tells of keys anywhere in a document that Zod does not look at: what stands under them would be lost without a word. */
export function tellUnseen(document: unknown, notes: Notes): void {
  const passed = new Set<unknown>()
  const left: (readonly [value: unknown, place: string])[] = [[document, '']]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, place] = next
    if (typeof value !== 'object' || value === null || passed.has(value)) continue
    passed.add(value)
    for (const [key, inner] of Object.entries(value)) {
      if (key === UNSEEN) notes.mistake(`${place}${key}`, UNSEEN_PROBLEM)
      else left.push([inner, `${place}${key}.`])
    }
  }
}

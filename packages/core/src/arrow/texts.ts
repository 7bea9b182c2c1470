import type { ArrowBatch } from './library.ts'

/** Keeps a U+FEFF at the start of a text, which the library takes for a mark of the encoding and drops. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A text as it lies in a batch; null where there is none. */
export function textAt(batch: ArrowBatch, row: number): string | null {
  if (batch.nullCount > 0 && !batch.isValid(row)) return null
  return decoder.decode(batch.view ? batch.view(row) : bytesAt(batch, row))
}

function bytesAt({ values, offsets }: ArrowBatch, row: number): Uint8Array {
  const [from, to] = [offsets?.[row] ?? 0, offsets?.[row + 1] ?? 0].map(Number)
  return (values as Uint8Array).subarray(from, to)
}

/** The texts of dictionaries, each read once. */
const dictionaries = new WeakMap<object, readonly (string | null)[]>()

/** A text that a batch has as its number in a dictionary. */
export function dictionaryTextAt(batch: ArrowBatch, row: number): string | null {
  const { dictionary } = batch
  if (!dictionary || !batch.key || (batch.nullCount > 0 && !batch.isValid(row))) return null
  let texts = dictionaries.get(dictionary)
  if (!texts) {
    texts = dictionary.data.flatMap((part) => Array.from({ length: part.length }, (_, at) => textAt(part, at)))
    dictionaries.set(dictionary, texts)
  }
  return texts[batch.key(row)] ?? null
}

/** What a difference does to the data: it asks for more than before, for less, or for something else. */
export type Change = 'tighter' | 'looser' | 'other'

/** One difference between two contracts. */
export interface Difference {
  readonly column?: string
  readonly message: string
  readonly change: Change
  /** Whether who reads data of the new contract may meet what the old one ruled out. */
  readonly breaksReaders: boolean
  /** Whether data that met the old contract, and who writes it, may fail the new one. */
  readonly breaksWriters: boolean
}

export function difference(change: Change, message: string, column?: string): Difference {
  return {
    ...(column === undefined ? {} : { column }),
    message,
    change,
    breaksReaders: change !== 'tighter',
    breaksWriters: change !== 'looser',
  }
}

/** One that no data shows, as what reports tell. */
export function harmless(message: string, column?: string): Difference {
  return { ...difference('other', message, column), breaksReaders: false, breaksWriters: false }
}

/** Values in words. */
export function listed(values: readonly unknown[] | undefined): string {
  return (values ?? []).map(inWords).join(', ')
}

function inWords(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number' || value === undefined) return String(value)
  return value instanceof Date ? value.toISOString() : JSON.stringify(value)
}

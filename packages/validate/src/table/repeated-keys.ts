/** Rows whose key is there more than once, in order, and how many have none. */
export interface RepeatedKeys {
  readonly rows: readonly (readonly [row: number, key: number])[]
  readonly nulls: number
}

/** Keys beyond the span, and rows of keys that are there more than once, that are held; of more the engine makes groups. */
export const MOST_HELD = 1_000_000

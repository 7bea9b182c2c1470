/** One thing that was found, where no report says it. */
export interface ListedItem {
  /** Of what kind it is, in words: `breaks readers`. */
  readonly kind: string
  readonly message: string
  /** Whether it makes the run fail, is only told, or is as it should be. */
  readonly verdict: 'fails' | 'warns' | 'holds'
  /** The same as plain data. */
  readonly data: unknown
}

/** What a command found, where no report says it: for all formats of results. */
export interface Listing {
  readonly command: string
  /** What was looked at. */
  readonly subject: string
  /** The file, relative to the working directory, beside which it is told. */
  readonly file: string
  readonly summary: string
  readonly items: readonly ListedItem[]
}

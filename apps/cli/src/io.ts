/** Where a run of the command line reads from and writes to. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input, opened when it is asked for. */
  readonly stdin: () => Stdin
  readonly stdout: {
    write(text: string): unknown
    readonly isTTY?: boolean
    /** Characters that fit in a line, where it is a terminal. */
    readonly columns?: number | undefined
  }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
}

/** What is piped into the command line. */
export interface Stdin extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
  destroy(): unknown
}

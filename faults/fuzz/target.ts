/** A parser of foreign bytes under attack. */
export interface Target {
  readonly name: string
  /** Texts as the real tools write them; cases are made of these. */
  readonly texts: readonly string[]
  /** The same as trees, for formats that JSON can write: a part of a tree is put in another's place. */
  readonly trees?: readonly object[]
  /** Words that mean something in the format: they are put into texts. */
  readonly words?: readonly string[]
  /** How many cases it costs the time of one: 1 by default. */
  readonly cost?: number
  /** Reads one case; what it returns is not looked at, what it throws is. Laws (round trips) are thrown as {@link Broken}. */
  read(bytes: Buffer): unknown
  /** Ends what reading needs. */
  close?(): Promise<void>
}

/** A law that does not hold for a case. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

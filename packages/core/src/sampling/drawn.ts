/** What is known once a sample is drawn. */
export interface DrawnFacts {
  /** How it was drawn, in words. */
  readonly method: string
  /** Rows that it was drawn from; none where that was not counted. */
  readonly sourceRows?: number
  /** Whether `sourceRows` is an estimate. */
  readonly estimated?: true
  readonly rows: number
  /** Rows among them that stand at an edge, drawn anyway or added for it. */
  readonly edgeRows?: number
  /** Whether the columns have the types of the cells drawn, since not all cells of the source were looked at. */
  readonly typesOfSample?: true
  /** A fingerprint of the rows drawn and their order, to know them again; none of more than a million rows. */
  readonly digest?: string
  /** How long it takes to read all of the source once, in milliseconds: an estimate from the time that drawing took. */
  readonly readMs?: number
}

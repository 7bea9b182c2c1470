/** Something that a contract in another format says and this one does not hold, or the other way round. */
export interface Note {
  /** Where it stands: `columns.email.str_matches`. */
  readonly place: string
  /** What it is, and why it is not carried over. */
  readonly message: string
}

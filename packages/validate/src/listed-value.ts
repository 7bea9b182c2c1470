/** A value that a contract lists: one that is forbidden, or one that a column should have. */
export type ListedValue = string | number | bigint | boolean | Date

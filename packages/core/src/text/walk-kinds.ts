/** Kinds of cells that the walk knows; all else is told. As `fits` in assembly/walk.ts. */
export const KINDS = {
  anything: 0,
  BIGINT: 1,
  DOUBLE: 2,
  DATE: 3,
  TIMESTAMP: 4,
  'TIMESTAMP WITH TIME ZONE': 5,
  TIME: 6,
  BOOLEAN: 7,
  /** Not `NA`, `null` and their like. */
  noMarker: 8,
  nothing: 255,
} as const

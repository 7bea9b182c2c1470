import type { FileFormat, Frame } from '@dayshift/core'
import type { Io } from '../io.ts'

/** Data whose age is asked for, and what is around it. */
export interface FreshnessPlace {
  /** Absolute: a file, a folder, a glob; or an address. */
  readonly path: string
  /** What relative paths of settings are taken from. */
  readonly cwd: string
  /** The folder that history and lineage are kept in. */
  readonly root: string
  /** The job under which the workflow itself logs this data: that it looked is no news of the data. */
  readonly ownJob?: { readonly namespace: string; readonly name: string } | undefined
  readonly env: Io['env']
  readonly signal: AbortSignal
  /** How the files are written. Default: what their names tell. */
  readonly format?: FileFormat | undefined
  /** Opens the rows at a path. */
  open(path: string): Promise<Frame>
}

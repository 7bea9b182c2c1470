/** Bytes in order. A piece may be overwritten once the next is asked for. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** How a question to a remote is stopped. */
export interface Asking {
  readonly signal?: AbortSignal | undefined
}

/** What a remote tells of an object without its content. */
export interface Held {
  /** Absent where the remote does not say it. */
  readonly bytes?: number
  /** As the remote writes it, without quotes: it changes with the content. */
  readonly etag?: string
  /** The md5 of the content in hex, where the remote says it. */
  readonly md5?: string
  /** The version that this is, where the remote keeps versions. */
  readonly version?: string
}

/** An object of a listing. */
export interface Listed extends Held {
  readonly key: string
  readonly bytes: number
}

/** What of an object is wanted. */
export interface Getting extends Asking {
  /** The first byte; 0 by default. */
  readonly from?: number | undefined
  /** The version, on remotes that keep them; the newest by default. */
  readonly version?: string | undefined
}

/** An object on its way from a remote. */
export interface Download extends Held {
  /** The first byte that comes: a remote that cannot begin in the middle begins at 0. */
  readonly from: number
  readonly pieces: Pieces
}

/** An object on its way to a remote. */
export interface Upload {
  readonly bytes: number
  /** The md5 of the content in hex, where it is known: remotes that can hold the content against it. */
  readonly md5?: string
  /**
   * Reads the content from its beginning; again for each attempt. It throws where the content is not what it should be,
   * before the last piece: a remote must not keep what it has got by then.
   */
  open(): Pieces
}

/**
 * A place that keeps objects under keys. The members that are not there say what it cannot do. All may be called many
 * times at once.
 *
 * They throw {@link Interruption} for what may pass, DS_REMOTE_DENIED where it makes no sense to ask for anything else,
 * DS_REMOTE_FAILED for what another attempt would not change, DS_ABORTED.
 */
export interface Remote {
  /** Where it is, without secrets. */
  readonly url: string
  /** So many objects are asked for or sent at a time, unless a user says otherwise. */
  readonly jobs: number
  /** So many keys come with one question to `list`; it decides when listing is cheaper than asking for each. */
  readonly pageSize?: number
  /** @returns `undefined` where there is no such object */
  has(key: string, asking?: Asking): Promise<Held | undefined>
  /** @returns `undefined` where there is no such object */
  get(key: string, getting?: Getting): Promise<Download | undefined>
  /** Keeps an object whole or not at all. Others may see it only after {@link settle}. */
  put?(key: string, upload: Upload, asking?: Asking): Promise<Held>
  /** Brings all that was put so far to where it stays. Nothing counts as kept before. */
  settle?(): Promise<void>
  /** All objects whose keys begin with a text, in any order, as they come. */
  list?(prefix: string, asking?: Asking): AsyncIterable<readonly Listed[]>
  /** Keys of what processes have left unfinished that were killed a day ago or earlier, and its bytes; with {@link remove}. */
  leftovers?(asking?: Asking): AsyncIterable<readonly Listed[]>
  /** Removes objects; one that is not there is no error. */
  remove?(keys: readonly string[], asking?: Asking): Promise<void>
  /** Gives back connections and unfinished files. */
  close?(): Promise<void>
}

/** A failure that may pass: the connection broke, or the remote is busy. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** Milliseconds after which the remote wants to be asked again. */
  readonly after: number | undefined

  constructor(message: string, options: { readonly cause?: unknown; readonly after?: number | undefined } = {}) {
    super(message, { cause: options.cause })
    this.after = options.after
  }
}

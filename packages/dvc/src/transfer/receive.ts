import { throwIfAborted } from '@dayshift/core/ground'
import type { Draft, Landing } from '../cache/landing.ts'
import { md5Of, openHasher, type DataHash, type HashAlgorithm, type Hasher } from '../cache/hash.ts'
import { objectPlace } from '../cache/layout.ts'
import { corruptObject } from '../cache/manifest.ts'
import { Interruption, type Download, type Pieces, type Remote } from '../remotes/remote.ts'
import { withRetries, type RetryOptions } from './retry.ts'
import { plainly } from './upload.ts'

/** Objects up to this many bytes are taken as a whole. */
const SMALL = 1 << 20

const MENDED = 'Where a cache has it right, send it from there: dayshift dvc fsck --cloud --repair'

/** How an object is received. */
export interface ReceiveOptions extends RetryOptions {
  /** Called after each piece with its length in bytes. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** The version, on remotes that keep them; the newest by default. */
  readonly version?: string | undefined
}

/**
 * Gets an object from a remote. It is hashed while it comes, and lands only where it is what its name says; after a break
 * it goes on where it stopped.
 *
 * @param key where the remote keeps it; it lands under its hash
 * @returns its bytes; `undefined` where the remote does not have it
 * @throws DS_DVC_OBJECT_CORRUPT where the remote's is not what its name says, DS_REMOTE_FAILED, DS_REMOTE_DENIED,
 *   DS_DVC_WRITE, DS_ABORTED
 */
export async function receive(
  remote: Remote,
  key: string,
  hash: DataHash,
  landing: Landing,
  options: ReceiveOptions = {},
): Promise<number | undefined> {
  const arrival = new Arrival(landing, objectPlace(hash), plainly(hash))
  const where = `${remote.url}/${key}`
  try {
    for (;;) {
      const progress = (): number => arrival.bytes
      const isThere = await withRetries(where, { ...options, progress }, async () => {
        const resumed = arrival.bytes
        if (resumed > 0) arrival.isResumed = true
        const { signal, version } = options
        const download = await remote.get(key, { from: resumed, signal, version })
        if (download) await arrival.take(download, options)
        return download !== undefined
      })
      if (!isThere) {
        await arrival.forget()
        return undefined
      }
      if (await arrival.land()) return arrival.bytes
      // Another object may have come under the name between the parts.
      if (!arrival.isResumed) throw corruptObject(where, MENDED)
      await arrival.forget()
    }
  } catch (error) {
    await arrival.forget()
    throw error
  } finally {
    await landing.settleMany()
  }
}

/**
 * Reads a small object of a remote, such as a manifest, without keeping it.
 *
 * @returns `undefined` where the remote does not have it
 * @throws as {@link receive}
 */
export async function readObject(
  remote: Remote,
  key: string,
  hash: DataHash,
  options: ReceiveOptions = {},
): Promise<Buffer | undefined> {
  const content = await readWhole(remote, key, options)
  if (content && md5Of(content) !== plainly(hash).digits) throw corruptObject(`${remote.url}/${key}`, MENDED)
  return content
}

/**
 * Reads a small file of a remote whose name does not tell what it holds.
 *
 * @returns `undefined` where the remote does not have it
 * @throws DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
 */
export async function readWhole(
  remote: Remote,
  key: string,
  options: ReceiveOptions = {},
): Promise<Buffer | undefined> {
  return withRetries(`${remote.url}/${key}`, options, async () => {
    const download = await remote.get(key, { signal: options.signal })
    return download && joined(download, options)
  })
}

/** An object that has come as far as it has. */
class Arrival {
  bytes = 0
  /** Whether it came in several parts. */
  isResumed = false
  #content: Buffer | undefined
  #draft: Draft | undefined
  #hasher: Hasher | undefined
  readonly #landing: Landing
  readonly #key: string
  readonly #hash: DataHash

  constructor(landing: Landing, key: string, hash: DataHash) {
    this.#landing = landing
    this.#key = key
    this.#hash = hash
  }

  async take(download: Download, options: ReceiveOptions): Promise<void> {
    if (this.bytes === 0 && download.from === 0 && download.bytes !== undefined && download.bytes <= SMALL) {
      this.#content = await joined(download, options)
      this.bytes = this.#content.length
      return
    }
    this.#draft ??= await this.#landing.begin(this.#key)
    const hasher = (this.#hasher ??= openHasher(this.#hash.algorithm))
    let skip = this.bytes - download.from
    for await (const piece of download.pieces) {
      throwIfAborted(options.signal)
      const part = skip > 0 ? piece.subarray(skip) : piece
      skip = Math.max(0, skip - piece.length)
      if (part.length === 0) continue
      const writing = this.#draft.write(part)
      writing.catch(() => undefined)
      hasher.update(part)
      await writing
      this.bytes += part.length
      options.onBytes?.(part.length)
    }
    refuseShort(this.bytes, download)
  }

  /** @returns false where it is not what its name says */
  async land(): Promise<boolean> {
    const content = this.#content
    const { algorithm, digits } = this.#hash
    if (content) {
      if (digitsOf(content, algorithm) !== digits) return false
      this.#landing.write(this.#key, content)
      return true
    }
    if (this.#hasher?.digest() !== digits) return false
    await this.#draft?.keep()
    this.#draft = undefined
    return true
  }

  /** Begins from the beginning. */
  async forget(): Promise<void> {
    const draft = this.#draft
    this.#draft = undefined
    this.#content = undefined
    this.#hasher = undefined
    this.bytes = 0
    this.isResumed = false
    await draft?.drop()
  }
}

function digitsOf(content: Uint8Array, algorithm: HashAlgorithm): string {
  if (algorithm === 'md5') return md5Of(content)
  const hasher = openHasher(algorithm)
  hasher.update(content)
  return hasher.digest()
}

async function joined(download: Download, { signal, onBytes }: ReceiveOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  const take = (piece: Uint8Array): void => {
    pieces.push(piece)
    bytes += piece.length
    onBytes?.(piece.length)
  }
  if (isAtOnce(download.pieces)) for (const piece of download.pieces) take(piece)
  else {
    for await (const piece of download.pieces) {
      throwIfAborted(signal)
      take(Buffer.from(piece))
    }
  }
  refuseShort(bytes, download)
  const [only] = pieces
  return pieces.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(pieces)
}

function isAtOnce(pieces: Pieces): pieces is Iterable<Uint8Array> {
  return Symbol.iterator in pieces
}

function refuseShort(bytes: number, download: Download): void {
  if (download.bytes === undefined || bytes >= download.bytes) return
  throw new Interruption(`the connection ended after ${bytes} of ${download.bytes} bytes`)
}

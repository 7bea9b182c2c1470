const MAGIC = 0x184d2204
/** Bits of the byte after the magic number: what else the frame holds. */
const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
/** The highest bit of a block's size tells that it is not compressed. */
const RAW = 2 ** 31

/**
 * Decompresses one LZ4 frame. Checksums are passed over; the length is held.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * @param length bytes of the whole
 * @throws RangeError where the frame is torn, or of another length
 */
export function decompressLz4(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('a buffer is not of LZ4')
  const flags = view.getUint8(4)
  if (flags >> 6 !== 1 || flags & DICTIONARY) throw new RangeError('a buffer is of LZ4 in a way that is not known')
  const whole = new Uint8Array(length)
  let at = flags & CONTENT_SIZE ? 15 : 7
  let done = 0
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    const from = at + 4
    at = from + (size % RAW)
    if (at > frame.length) throw torn()
    if (size >= RAW) {
      whole.set(frame.subarray(from, at), done)
      done += at - from
    } else done = block(frame, from, at, whole, done)
    if (flags & BLOCK_CHECKSUMS) at += 4
  }
  if (done !== length) throw new RangeError(`a buffer has ${done} bytes instead of ${length}`)
  return whole
}

/**
 * Decompresses a block behind what is there, to which it may look back.
 *
 * @returns where it ends
 */
function block(source: Uint8Array, from: number, end: number, target: Uint8Array, start: number): number {
  let at = from
  let to = start
  const long = (count: number): number => {
    let sum = count
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= end) throw torn()
      byte = source[at++] as number
    }
    return sum
  }
  while (at < end) {
    const token = source[at++] as number
    const literals = token >> 4 === 15 ? long(15) : token >> 4
    if (at + literals > end || to + literals > target.length) throw torn()
    if (literals > 32) target.set(source.subarray(at, at + literals), to)
    else for (let byte = 0; byte < literals; byte++) target[to + byte] = source[at + byte] as number
    at += literals
    to += literals
    // The last sequence has nothing to repeat.
    if (at === end) break
    const back = (source[at] as number) | ((source[at + 1] as number) << 8)
    at += 2
    const repeated = (token & 15) === 15 ? long(19) : (token & 15) + 4
    if (at > end || back === 0 || back > to || to + repeated > target.length) throw torn()
    if (repeated > 32 && back >= repeated) target.copyWithin(to, to - back, to - back + repeated)
    else for (let byte = 0; byte < repeated; byte++) target[to + byte] = target[to - back + byte] as number
    to += repeated
  }
  return to
}

function torn(): RangeError {
  return new RangeError('a buffer of LZ4 is torn')
}

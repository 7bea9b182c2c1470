import { randomBytes, randomInt } from 'node:crypto'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text is a UUID, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

let lastMs = -1
let counter = 0

/**
 * A UUID of version 7 (RFC 9562, section 5.7): the first 48 bits are the time, so that ids sort by it. Within a process
 * each is greater than the one before, also within one millisecond or where the clock steps back: the 12 bits after the
 * version count (section 6.2, method 1).
 *
 * @param ms milliseconds since 1970; default: now
 * @example uuidv7() // '019ab0d7-8c00-7a31-b1c2-3d4e5f607182'
 */
export function uuidv7(ms: number = Date.now()): string {
  if (ms > lastMs) {
    lastMs = ms
    counter = randomInt(0x800)
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  const tail = randomBytes(8)
  tail[0] = ((tail[0] as number) & 0x3f) | 0x80
  const hex = lastMs.toString(16).padStart(12, '0') + '7' + counter.toString(16).padStart(3, '0') + tail.toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const NAMES = [
  'write',
  'writev',
  'writeFile',
  'appendFile',
  'open',
  'rename',
  'link',
  'symlink',
  'unlink',
  'rm',
  'rmdir',
  'mkdir',
  'mkdtemp',
  'truncate',
  'ftruncate',
  'fsync',
  'fdatasync',
  'chmod',
  'utimes',
  'copyFile',
]
const OF_HANDLES = ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync', 'truncate', 'chmod', 'utimes']

/** What needs room on the disk; the rest goes on where it is full. */
const NEEDS_ROOM = /^(write|append|open|mkdir|copy|link|symlink|mkdtemp)/

/**
 * Stands between a process and what it does to files: whatever changes the disk is a step, and is counted.
 *
 * @param current what is to happen, or nothing: `{ kind, at, steps }`, where `steps` counts them. `kill`: death before step
 *   `at`; `torn`: the first write from there on comes out by half, and death; `full`: from there on all that needs room
 *   fails; `broken`: that step fails; anything else: steps are counted
 * @param die ends the process: gives what a call that waits gets, and throws for one that does not wait
 */
export async function watchSteps(current, die) {
  /** @returns the error that a step fails with, 'die', 'torn', or nothing where it is to be done */
  const verdict = (name, words) => {
    const fault = current()
    if (fault === undefined || isHarmless(name, words)) return undefined
    if (fault.dead) return 'die'
    fault.steps++
    if (fault.kind === 'kill' && fault.steps === fault.at) return 'die'
    if (fault.kind === 'torn' && fault.steps >= fault.at) return half(name, words) ? 'torn' : undefined
    if (fault.kind === 'full' && fault.steps >= fault.at && NEEDS_ROOM.test(bare(name))) return problem('ENOSPC', name)
    if (fault.kind === 'broken' && fault.steps === fault.at) return problem('EIO', name)
    return undefined
  }

  for (const name of NAMES) {
    const sync = fs[`${name}Sync`]
    fs[`${name}Sync`] = (...words) => {
      const found = verdict(name, words)
      if (found === undefined) return sync(...words)
      if (found === 'torn') sync(...half(name, words))
      if (found === 'torn' || found === 'die') return die.now()
      throw found
    }
    const called = fs[name]
    fs[name] = (...words) => {
      const found = verdict(name, words)
      if (found === undefined) return called(...words)
      if (found === 'torn') return called(...half(name, words.slice(0, -1)), () => die.waiting())
      if (found === 'die') return void die.waiting()
      return process.nextTick(words.at(-1), found)
    }
    const promised = fs.promises[name]
    if (promised === undefined) continue
    fs.promises[name] = async (...words) => {
      const found = verdict(name, words)
      if (found === undefined) return promised(...words)
      if (found === 'torn') await promised(...half(name, words))
      if (found === 'torn' || found === 'die') return die.waiting()
      throw found
    }
  }

  const handle = await fs.promises.open(process.execPath)
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  for (const name of OF_HANDLES) {
    const method = prototype[name]
    prototype[name] = async function (...words) {
      const found = this.fd <= 2 ? undefined : verdict(`handle ${name}`, words)
      if (found === undefined) return method.apply(this, words)
      if (found === 'torn') await method.apply(this, half(`handle ${name}`, words))
      if (found === 'torn' || found === 'die') return die.waiting()
      throw found
    }
  }
  syncBuiltinESMExports()
}

const WRITES = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT

const bare = (name) => name.replace('handle ', '')

function problem(code, what) {
  return Object.assign(new Error(`${code}: injected, ${what}`), { code, syscall: what })
}

/** Whether a call changes nothing on the disk: a file opened for reading, and what goes to the terminal. */
function isHarmless(name, words) {
  if (name === 'open') {
    const flags = words[1]
    return (
      flags === undefined ||
      typeof flags === 'function' ||
      flags === 'r' ||
      flags === 'rs' ||
      (typeof flags === 'number' && (flags & WRITES) === 0)
    )
  }
  return /^(write|append)/.test(name) && typeof words[0] === 'number' && words[0] <= 2
}

/** A write's words with half of its bytes; nothing where the call is no write of that kind. */
function half(name, words) {
  if (!/^(write|append)/.test(bare(name))) return undefined
  const at = name.startsWith('handle') ? 0 : 1
  const data = words[at]
  if (typeof data === 'string') return words.with(at, data.slice(0, data.length >> 1))
  if (!ArrayBuffer.isView(data)) return undefined
  if (typeof words[at + 1] !== 'number')
    return words.with(at, new Uint8Array(data.buffer, data.byteOffset, data.byteLength >> 1))
  const length = typeof words[at + 2] === 'number' ? words[at + 2] : data.byteLength - words[at + 1]
  return words.toSpliced(at + 2, 1, length >> 1)
}

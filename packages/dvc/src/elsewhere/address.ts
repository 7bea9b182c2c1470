import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/** Where another repository is. */
export interface GitAddress {
  /** As git takes it: an absolute path, or an address. */
  readonly url: string
  /** Whether it is a folder of this machine. */
  readonly isFolder: boolean
}

/** Protocols of git's own; any other word before `://` or `::` would start a program of that name. */
const PROTOCOLS = new Set(['https', 'http', 'ssh', 'git', 'git+ssh', 'ssh+git', 'file'])

/**
 * Reads where another repository is.
 *
 * @param said a folder, an address, or `host:path` as ssh has it
 * @param folders what a relative path may be taken from, in this order
 * @throws DS_GIT_ADDRESS for what git must not be given
 * @example gitAddress('../airports', ['/srv/work']) // { url: '/srv/airports', isFolder: true }
 */
export function gitAddress(said: string, folders: readonly string[]): GitAddress {
  const [, protocol] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(said) ?? []
  for (const folder of protocol === undefined ? folders : []) {
    const path = resolve(folder, said)
    if (said !== '' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { url: path, isFolder: true }
  }
  const isOne = protocol === undefined ? isOverSsh(said) : PROTOCOLS.has(protocol.toLowerCase())
  if (isOne && !/[\0\n\r]/.test(said)) return { url: said, isFolder: false }
  const isFile = existsSync(resolve(folders[0] ?? '', said))
  throw failure(
    'DS_GIT_ADDRESS',
    `${withoutSecrets(said)} is ${isFile ? 'a file' : 'neither a folder nor an address of a repository'}`,
    { where: withoutSecrets(said) },
  )
}

/** `host:path`, whose host is no option of ssh's and no letter of a drive. */
function isOverSsh(said: string): boolean {
  return /^(?:[\w.][\w.-]*@)?[\w.][\w.-]+:(?!:)[^\s]/.test(said)
}

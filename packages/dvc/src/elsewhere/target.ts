import { lstatSync, statSync } from 'node:fs'
import { join, posix, relative, resolve, sep } from 'node:path'
import { failure } from '../codes.ts'

/** Where data from elsewhere goes. */
export interface Target {
  /** Absolute. */
  readonly place: string
  /** As it is seen from the working directory, POSIX. */
  readonly shown: string
}

/**
 * Where data from elsewhere goes: under its own name into the working directory or a folder that is there, or to a path.
 *
 * @param path what is taken; an address is taken by the path in it
 * @param out a folder, or where it is to be; the working directory by default
 * @param force whether what is there may be replaced
 * @throws DS_DVC_EXISTS
 * @example targetFor('data/a.csv', undefined, '/srv', false) // { place: '/srv/a.csv', shown: 'a.csv' }
 */
export function targetFor(path: string, out: string | undefined, cwd: string, force: boolean): Target {
  const [, inAddress] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/[^?#]*)?/i.exec(path) ?? []
  const name = posix.basename(posix.normalize(inAddress ?? path))
  const isInto = out !== undefined && statSync(resolve(cwd, out), { throwIfNoEntry: false })?.isDirectory()
  const place = isInto ? join(resolve(cwd, out), name) : resolve(cwd, out ?? name)
  const shown = relative(cwd, place).split(sep).join('/') || '.'
  if (!force && lstatSync(place, { throwIfNoEntry: false })) {
    throw failure('DS_DVC_EXISTS', `${shown} exists already`, {
      where: shown,
      hint: 'Give another place with --out, or replace it with --force (in code out, force).',
    })
  }
  return { place, shown }
}

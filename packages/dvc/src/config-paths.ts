import { homedir } from 'node:os'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { IniSections, IniValue } from './formats/ini.ts'

/** Settings that hold paths. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  cache: ['dir'],
  remote: [
    'url',
    'gdrive_user_credentials_file',
    'gdrive_service_account_json_file_path',
    'credentialpath',
    'configpath',
    'keyfile',
    'cert_path',
    'key_path',
  ],
  machine: ['startup_script', 'setup_script'],
}

/** Sections with paths as absolute ones. */
export function resolved(sections: IniSections, file: string): IniSections {
  const absolute = (path: string): string => (isUrl(path) ? path : resolve(dirname(file), withHome(path)))
  return new Map([...sections].map(([name, keys]) => [name, withPaths(name, keys, absolute)]))
}

/** Sections with paths as DVC writes them into a file: relative to its folder, unless they are absolute or begin with `~`. */
export function tidied(sections: IniSections, file: string): IniSections {
  const tidy = (path: string): string => pathToWrite(path, dirname(file), dirname(file))
  return new Map([...sections].map(([name, keys]) => [name, withPaths(name, keys, tidy)]))
}

function withPaths(
  section: string,
  keys: ReadonlyMap<string, IniValue>,
  change: (path: string) => string,
): ReadonlyMap<string, IniValue> {
  return new Map(
    [...keys].map(([key, value]) => [key, isPath(section, key) && typeof value === 'string' ? change(value) : value]),
  )
}

/** Whether a setting holds a path, as `url` of a remote does. */
export function isPath(section: string, key: string): boolean {
  const kind = section.replace(/ ".*$/, '')
  return Object.hasOwn(PATHS, kind) && (PATHS[kind]?.includes(key) ?? false)
}

function isUrl(path: string): boolean {
  return /^\w+:\/\//.test(path)
}

function withHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, () => homedir())
}

/** URLs, absolute paths and those of the home folder stay as they are typed; others are written from the file's folder. */
export function pathToWrite(path: string, folder: string, cwd: string): string {
  if (isUrl(path) || isAbsolute(path) || withHome(path) !== path) return path
  return relative(folder, resolve(cwd, path)).split(sep).join('/') || '.'
}

import { nearest } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { LEVELS, type ConfigFiles, type ConfigLevel } from '../config.ts'
import type { Settings } from '../config-edit.ts'

/** A remote's section in a config file. */
export function sectionOf(name: string): string {
  return `remote "${name}"`
}

/** How a level is asked for on the command line. */
export function levelFlag(level: ConfigLevel): string {
  return level === 'repo' ? '--project' : `--${level}`
}

/** The error for a remote that a level does not have: where else it stands, or what is named alike. */
export function unknownRemote(files: ConfigFiles, settings: Settings, name: string, level: ConfigLevel): Error {
  const elsewhere = LEVELS.filter((each) => settings.get(each)?.has(sectionOf(name)))
  const [other] = elsewhere
  if (other !== undefined && !elsewhere.includes(level)) {
    return failure('DS_REMOTE_UNKNOWN', `there is no remote '${name}' in ${files[level]}`, {
      where: name,
      hint: `It stands in ${files[other]}: say ${levelFlag(other)}.`,
    })
  }
  const names = LEVELS.flatMap((each) => namesIn(settings, each))
  const near = nearest(name, names)
  const known = [...new Set(names)].join(', ')
  return failure('DS_REMOTE_UNKNOWN', `there is no remote '${name}'`, {
    where: name,
    ...(near === undefined
      ? known === ''
        ? {}
        : { hint: `There is ${known}.` }
      : { hint: `Did you mean '${near}'?` }),
  })
}

function namesIn(settings: Settings, level: ConfigLevel): string[] {
  return [...(settings.get(level)?.keys() ?? [])].flatMap((section) => /^remote "(.*)"$/.exec(section)?.[1] ?? [])
}

import { readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { isAddress, type Finding } from '@dayshift/core'
import { isGlob } from '@dayshift/core/ground'

/**
 * Links named as partitions that are not looked into: those that lead nowhere, and those beneath a `**`, which follows none.
 *
 * @param path absolute: a folder or a glob
 * @param keys as `dt`
 */
export function unfollowedLinks(path: string, keys: readonly string[]): Finding[] {
  if (isAddress(path)) return []
  const parts = path.split(sep)
  const at = parts.findIndex(isGlob)
  const folder = at < 0 ? path : parts.slice(0, at).join(sep) || sep
  const isDeep = parts.includes('**')
  const unfollowed = linksIn(folder)
    .filter((name) => keys.some((key) => name.startsWith(`${key}=`)))
    .filter((name) => isDeep || statSync(join(folder, name), { throwIfNoEntry: false }) === undefined)
  if (unfollowed.length === 0) return []
  const shown = unfollowed.slice(0, 5).join(', ')
  return [
    {
      severity: 'warn',
      code: 'freshness.unfollowed_link',
      message: `${unfollowed.length} ${unfollowed.length === 1 ? 'partition is a link that is' : 'partitions are links that are'} not followed: ${shown}${unfollowed.length > 5 ? ` and ${unfollowed.length - 5} more` : ''}`,
      hint: isDeep
        ? `A ** follows no links: name the folder ${folder}, or write ${join(folder, `${keys[0]}=*`)} in place of it.`
        : 'They lead nowhere: check what they were made for.',
    },
  ]
}

function linksIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isSymbolicLink() ? [entry.name] : []))
  } catch {
    return []
  }
}

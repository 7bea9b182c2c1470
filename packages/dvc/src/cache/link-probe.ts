import { constants, copyFileSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DvcRepo } from '../repo.ts'
import { temporaryName } from '../write.ts'
import { linkTypesOf, type LinkType } from './links.ts'

const MAKERS: Readonly<Record<Exclude<LinkType, 'copy'>, (from: string, to: string) => void>> = {
  reflink: (from, to) => copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE),
  hardlink: linkSync,
  symlink: symlinkSync,
}

/** Finds out which links can be made between cache and workspace: two small files are made and removed. */
export function probeLinks({ config, dvcDir }: Pick<DvcRepo, 'config' | 'dvcDir'>): LinkType[] {
  const from = join(config.cacheDir, temporaryName())
  const to = join(dvcDir, 'tmp', temporaryName())
  try {
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(from, 'x')
    return (Object.keys(MAKERS) as (keyof typeof MAKERS)[]).filter((type) => {
      try {
        MAKERS[type](from, to)
        return true
      } catch {
        return false
      } finally {
        rmSync(to, { force: true })
      }
    })
  } catch {
    // A cache or workspace that cannot be written can have no links at all.
    return []
  } finally {
    rmSync(from, { force: true })
  }
}

/** The link types of a repository that work in it, the one liked best first; copies where none of them does. */
export function workingLinkTypes(repo: DvcRepo): readonly LinkType[] {
  const types = linkTypesOf(repo)
  if (!types.some(isNoCopy)) return types
  const able = new Set<LinkType>([...probeLinks(repo), 'copy'])
  const working = types.filter((type) => able.has(type))
  return working.length > 0 ? working : ['copy']
}

/** Whether a file of such a type shares its content with its object, and can be told from a copy. */
export function isNoCopy(type: LinkType | undefined): boolean {
  return type === 'hardlink' || type === 'symlink'
}

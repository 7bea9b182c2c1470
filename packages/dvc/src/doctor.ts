import { existsSync, statfsSync } from 'node:fs'
import { listConfig } from './config.ts'
import { probeLinks } from './cache/link-probe.ts'
import type { LinkType } from './cache/links.ts'
import { findRepo, type DvcRepo, type RepoOptions } from './repo.ts'

/** What `dvc version` tells of a machine and a repository. */
export interface Diagnosis {
  readonly platform: { readonly node: string; readonly system: string; readonly architecture: string }
  /** Absent outside of a repository. */
  readonly repo?: {
    readonly root: string
    readonly git: boolean
    readonly cacheDir: string
    /** Links that work between cache and workspace; absent where there is no cache yet. */
    readonly linkTypes?: readonly LinkType[]
    /** The kind of file system, as far as it is known. */
    readonly fileSystems: { readonly workspace: string; readonly cache?: string }
    /** What each remote is reached by: `s3`, `https`, `local`. Its URL may hold secrets. */
    readonly remotes: Readonly<Record<string, string>>
  }
}

/** By the numbers that Linux gives them. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlay',
  0x6969: 'nfs',
  0x2fc12fc1: 'zfs',
  0x1a: 'apfs',
}

/**
 * Looks at what decides how DVC works here: the platform, the repository, its file systems, and which links they can make,
 * for which two small files are made and removed.
 *
 * @throws DS_GIT_NO_REPO, DS_DVC_CONFIG
 * @example (await doctor({ cwd: process.cwd() })).repo?.linkTypes // ['hardlink', 'symlink']
 */
export async function doctor({ cwd, env, user }: Pick<RepoOptions, 'cwd' | 'env' | 'user'>): Promise<Diagnosis> {
  const { version, platform: system, arch: architecture } = process
  const platform = { node: version, system, architecture }
  const repo = await findRepo(cwd, env, user)
  if (!repo) return { platform }
  const { root, config, git } = repo
  const hasCache = existsSync(config.cacheDir)
  return {
    platform,
    repo: {
      root,
      git: git !== undefined,
      cacheDir: config.cacheDir,
      ...(hasCache ? { linkTypes: probeLinks(repo) } : {}),
      fileSystems: {
        workspace: fileSystemOf(root),
        ...(hasCache ? { cache: fileSystemOf(config.cacheDir) } : {}),
      },
      remotes: await remotesOf(repo),
    },
  }
}

function fileSystemOf(path: string): string {
  const { type } = statfsSync(path)
  return FILE_SYSTEMS[type] ?? `type ${type}`
}

async function remotesOf({ configFiles }: DvcRepo): Promise<Record<string, string>> {
  const entries = await listConfig(configFiles)
  return Object.fromEntries(
    entries.flatMap(({ name, value }) => {
      const [, remote] = /^remote\.(.*)\.url$/.exec(name) ?? []
      return remote === undefined ? [] : [[remote, /^([\w+.-]+):\/\//.exec(String(value))?.[1] ?? 'local']]
    }),
  )
}

interface Entry {
  readonly summary: string
  /** Loads the command's file. */
  readonly load: () => Promise<{ readonly command: unknown }>
}

/** DVC's commands that are there; each one's file is loaded when it is asked for. */
export const DVC_COMMANDS: Readonly<Record<string, Entry>> = {
  init: { summary: 'make a DVC repository', load: () => import('../commands/dvc/init.ts') },
  add: { summary: 'track files or directories', load: () => import('../commands/dvc/add.ts') },
  commit: { summary: 'record what has changed in tracked data', load: () => import('../commands/dvc/commit.ts') },
  checkout: { summary: 'bring tracked data from the cache', load: () => import('../commands/dvc/checkout.ts') },
  status: { summary: 'say what differs from its record', load: () => import('../commands/dvc/status.ts') },
  'data status': {
    summary: 'say what changed since git’s last commit',
    load: () => import('../commands/dvc/data-status.ts'),
  },
  diff: { summary: 'say what differs between two revisions', load: () => import('../commands/dvc/diff.ts') },
  versions: { summary: 'list every version of a path', load: () => import('../commands/dvc/versions.ts') },
  whereis: { summary: 'say where every version lies', load: () => import('../commands/dvc/whereis.ts') },
  tag: { summary: 'name versions, as GTO does', load: () => import('../commands/dvc/tag.ts') },
  list: { summary: 'list what the repository holds', load: () => import('../commands/dvc/list.ts') },
  du: { summary: 'say how large it is', load: () => import('../commands/dvc/du.ts') },
  remove: { summary: 'stop tracking data', load: () => import('../commands/dvc/remove.ts') },
  move: { summary: 'rename tracked data', load: () => import('../commands/dvc/move.ts') },
  unprotect: { summary: 'make links into files of your own', load: () => import('../commands/dvc/unprotect.ts') },
  push: { summary: 'send tracked data to a remote', load: () => import('../commands/dvc/push.ts') },
  pull: { summary: 'bring tracked data from a remote', load: () => import('../commands/dvc/pull.ts') },
  fetch: { summary: 'bring it into the cache only', load: () => import('../commands/dvc/fetch.ts') },
  get: { summary: 'get data from another repository', load: () => import('../commands/dvc/get.ts') },
  import: { summary: 'track data of another repository', load: () => import('../commands/dvc/import.ts') },
  'get-url': { summary: 'get data from an address', load: () => import('../commands/dvc/get-url.ts') },
  'import-url': { summary: 'track data of an address', load: () => import('../commands/dvc/import-url.ts') },
  'list-url': { summary: 'list what is at an address', load: () => import('../commands/dvc/list-url.ts') },
  update: { summary: 'bring imports up to date', load: () => import('../commands/dvc/update.ts') },
  gc: { summary: 'remove what nothing refers to from the cache', load: () => import('../commands/dvc/gc.ts') },
  fsck: { summary: 'check that the cache holds what it says', load: () => import('../commands/dvc/fsck.ts') },
  config: { summary: 'get or set DVC’s settings', load: () => import('../commands/dvc/config.ts') },
  'cache dir': { summary: 'say or set where the cache is', load: () => import('../commands/dvc/cache-dir.ts') },
  'cache migrate': {
    summary: 'bring the cache of DVC 2 to DVC 3',
    load: () => import('../commands/dvc/cache-migrate.ts'),
  },
  'remote add': { summary: 'add a remote', load: () => import('../commands/dvc/remote-add.ts') },
  'remote list': { summary: 'list the remotes', load: () => import('../commands/dvc/remote-list.ts') },
  'remote modify': {
    summary: 'set or take out a setting of a remote',
    load: () => import('../commands/dvc/remote-modify.ts'),
  },
  'remote default': {
    summary: 'say or set the default remote',
    load: () => import('../commands/dvc/remote-default.ts'),
  },
  'remote rename': { summary: 'give a remote another name', load: () => import('../commands/dvc/remote-rename.ts') },
  'remote remove': { summary: 'remove a remote', load: () => import('../commands/dvc/remote-remove.ts') },
  root: { summary: 'say where the repository’s root is', load: () => import('../commands/dvc/root.ts') },
  'check-ignore': { summary: 'say what .dvcignore ignores', load: () => import('../commands/dvc/check-ignore.ts') },
  version: { summary: 'say what this is, and where it is', load: () => import('../commands/dvc/version.ts') },
}

/** Other names that DVC has for commands. */
export const DVC_ALIASES: Readonly<Record<string, string>> = {
  doctor: 'version',
  ls: 'list',
  'ls-url': 'list-url',
  mv: 'move',
  rm: 'remove',
}

const PIPELINES = 'pipelines are DVC’s own'

/** DVC's commands that are not there, with the reason. */
export const DVC_LATER: ReadonlyMap<string, string> = new Map(
  ['repro', 'stage', 'dag', 'params', 'metrics', 'plots', 'exp', 'freeze', 'unfreeze'].map(
    (name) => [name, PIPELINES] as const,
  ),
)

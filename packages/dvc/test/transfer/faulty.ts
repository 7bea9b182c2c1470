import { join } from 'node:path'
import { configFiles } from '../../src/config.ts'
import { editConfig } from '../../src/config-edit.ts'
import { localRemote } from '../../src/remotes/local.ts'
import type { Download, Getting, Pieces, Remote, Upload } from '../../src/remotes/remote.ts'
import { env, newFolder, repoWith } from '../sandbox.ts'

/** What goes wrong on a remote; each gets the key. */
export interface Faults {
  /** Before anything else of a question. */
  readonly before?: (verb: 'has' | 'get' | 'put', key: string) => void
  /** What comes instead of an object's bytes. */
  readonly pieces?: (download: Download, key: string, getting: Getting) => Pieces
  /** What is sent instead of an upload. */
  readonly upload?: (upload: Upload, key: string) => Upload
}

/** A folder as a remote on which things go wrong: all that goes through is real. */
export function faultyRemote(dir: string, { before, pieces, upload: sent }: Faults): Remote {
  const remote = localRemote({ dir, shared: false })
  return {
    ...remote,
    async has(key, asking) {
      before?.('has', key)
      return remote.has(key, asking)
    },
    async get(key, getting = {}) {
      before?.('get', key)
      const download = await remote.get(key, getting)
      return download && pieces ? { ...download, pieces: pieces(download, key, getting) } : download
    },
    async put(key, upload, asking) {
      before?.('put', key)
      return (await remote.put?.(key, sent ? sent(upload, key) : upload, asking)) ?? {}
    },
  }
}

/** A repository with a default remote that is a folder. */
export async function repoWithRemote(files: Readonly<Record<string, string>>, targets: readonly string[]) {
  const cwd = await repoWith(files, targets)
  const store = newFolder()
  await setRemote(cwd, 'store', store)
  await editConfig(configFiles(join(cwd, '.dvc')), 'repo', 'core.remote', 'store', { cwd })
  const quick = { attempts: 3, pause: 1 }
  return {
    cwd,
    store,
    options: { cwd, env, ...quick },
    /** The same remote, with faults. */
    faulty: (faults: Faults) => ({ cwd, env, ...quick, open: async () => faultyRemote(store, faults) }),
  }
}

export async function setRemote(cwd: string, name: string, url: string): Promise<void> {
  await editConfig(configFiles(join(cwd, '.dvc')), 'repo', `remote.${name}.url`, url, { cwd })
}

import { dirname, join } from 'node:path'
import { throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import type { State } from '../cache/state.ts'
import type { DepEntry, DvcFile } from '../formats/dvcfile.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { writeAtomically } from '../write.ts'
import { isAsRecorded, readRecord, textWith, toldOf, type UpdatedImport, type UpdateOptions } from './import-update.ts'
import { settingsOf } from './overlay.ts'
import { keepData, placeOutput, planPlace } from './place.ts'
import { readUrl, type ReadUrl, type Seen } from './read-url.ts'
import { withScratch } from './scratch.ts'
import { storeOnRemote } from './store-on-remote.ts'
import { closeUrl, urlPlace, urlWords } from './url-place.ts'

/**
 * Brings an import from an address up to what is there now.
 *
 * @throws DS_DVC_PATH_MISSING, DS_REMOTE_*, DS_DVC_UNSAVED, DS_DVC_UNREADABLE, DS_DVC_WRITE, DS_ABORTED
 */
export async function updateFromUrl(
  repo: DvcRepo,
  output: Output,
  state: State,
  options: UpdateOptions,
): Promise<UpdatedImport> {
  const { cwd, signal, download = true, toRemote = false, force = false } = options
  const { text, file } = await readRecord(repo, output)
  const { path: said = '', ...known } = output.origin ?? {}
  const folder = join(repo.root, dirname(output.file), file.wdir ?? '.')
  const at = await urlPlace(said, folder, repo.config, { ...options, settings: settingsOf(known.fs_config ?? {}) })
  const told = { ...toldOf(repo, output, cwd), from: withoutSecrets(urlWords(repo.root, said, at, cwd)) }
  try {
    return await withScratch(repo, async (scratch) => {
      const cache = toRemote ? { ...repo, config: { ...repo.config, cacheDir: join(scratch, 'cache') } } : repo
      const read = (isTaken: boolean): Promise<ReadUrl> =>
        readUrl(at, said, cache, state, join(scratch, 'work'), { ...options, onBytes: options.onProgress, isTaken })
      const look = await read(false)
      // Where a server tells nothing that changes with the content, the content itself has to come.
      const isSure = look.seen.md5 ?? look.seen.etag ?? look.seen.checksum
      const taken = isSure === undefined && !options.dryRun && download ? await read(true) : undefined
      const isSame =
        isSameAs(known, taken?.seen ?? look.seen) && (toRemote || (await isAsRecorded(repo, output, state, signal)))
      if (isSame || options.dryRun) return { ...told, changed: !isSame }
      const { seen, data } = taken ?? (download ? await read(true) : look)
      const kept = data && (await keepData(cache, data))
      if (toRemote && kept) await storeOnRemote(cache, { ...output, shown: told.path }, kept, options)
      const change = kept && !toRemote && (await planPlace(repo, output, kept, state, { signal, force }))
      throwIfAborted(signal)
      const next: DvcFile = { ...file, deps: [{ ...withoutSeen(file.deps?.[0] ?? {}), ...seen }] }
      await writeAtomically(join(repo.root, output.file), textWith(text, next, kept, output.file))
      if (change) await placeOutput(repo, change, state, options)
      return { ...told, changed: true }
    })
  } finally {
    await closeUrl(at)
  }
}

function isSameAs(known: Omit<DepEntry, 'path'>, seen: Seen): boolean {
  return tokensOf(known).some((token) => token !== '') && tokensOf(known).join('\n') === tokensOf(seen).join('\n')
}

/** Files keep checksums in lower case when they are read. */
function tokensOf({ md5 = '', etag = '', checksum = '' }: Omit<DepEntry, 'path'>): string[] {
  return [md5, etag, checksum.toLowerCase()]
}

function withoutSeen(entry: DepEntry): DepEntry {
  const { md5: _1, etag: _2, checksum: _3, size: _4, nfiles: _5, isexec: _6, ...rest } = entry
  return rest
}

import { statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write a file in several steps: it is looked at once nothing happened for so long, in milliseconds. */
const SETTLE = 15

/** A file that is replaced may be missing for so long, in milliseconds. */
const GONE = 150

/** Some file systems tell nothing (networks, some containers): files are looked at this often too, in milliseconds. */
const POLL = 500

/** Watches files for changes: also such as are replaced by others of the same name, and such as are not there yet. */
export class FileWatch {
  readonly #known = new Map<string, string>()
  readonly #missing = new Map<string, number>()
  readonly #folders = new Map<string, FSWatcher | undefined>()
  readonly #poll = setInterval(() => this.#wake(), POLL)
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => undefined

  get size(): number {
    return this.#known.size
  }

  /**
   * Watches these files too.
   *
   * @param since when they were read, in milliseconds: one that was written later has changed already
   */
  add(files: readonly string[], since: number): void {
    for (const file of files) {
      if (this.#known.has(file)) continue
      const late = statOf(file).mtimeMs > since
      this.#known.set(file, late ? '' : stateOf(file))
      this.#watchFolder(dirname(file))
      if (late) this.#settle()
    }
  }

  /** Waits for the next change. Gives the files that have changed since they were added or given; none once stopped. */
  async changed(signal: AbortSignal): Promise<string[]> {
    while (!signal.aborted) {
      const files = [...this.#known.keys()].filter((file) => this.#hasChanged(file)).sort()
      for (const file of files) this.#known.set(file, stateOf(file))
      if (files.length > 0) return files
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          signal.removeEventListener('abort', this.#wake)
          resolve()
        }
        signal.addEventListener('abort', this.#wake)
      })
    }
    return []
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#timer)
    for (const watcher of this.#folders.values()) watcher?.close()
  }

  #hasChanged(file: string): boolean {
    const state = stateOf(file)
    if (state === this.#known.get(file) || state !== MISSING) {
      this.#missing.delete(file)
      return state !== this.#known.get(file)
    }
    const since = this.#missing.get(file) ?? Date.now()
    this.#missing.set(file, since)
    if (Date.now() - since >= GONE) return true
    this.#settle()
    return false
  }

  /** Folders are watched, not files: a file that replaces another one is told too. */
  #watchFolder(folder: string): void {
    if (this.#folders.get(folder)) return
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || [...this.#known.keys()].some((file) => basename(file) === name)) this.#settle()
      })
      // What cannot be watched is looked at now and then.
      watcher.on('error', () => watcher.close())
      this.#folders.set(folder, watcher)
    } catch {
      this.#folders.set(folder, undefined)
    }
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#wake(), SETTLE)
  }
}

const MISSING = 'missing'

/** What a file's change shows in. */
function stateOf(file: string): string {
  const { mtimeMs, size, ino } = statOf(file)
  return Number.isNaN(mtimeMs) ? MISSING : `${mtimeMs} ${size} ${ino}`
}

function statOf(file: string): { mtimeMs: number; size: number; ino: number } {
  return statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Number.NaN, size: 0, ino: 0 }
}

import { isAbsolute, relative, resolve } from 'node:path'
import { findFiles } from '@dayshift/core'
import { isAddress } from '@dayshift/core/ground'
import type { Context, Outcome } from '../command.ts'
import { FileWatch } from '../file-watch.ts'
import { takeLoadedFiles } from '../modules.ts'
import { loadProject, type Project } from '../project.ts'

/** How often folders and globs are looked at for files that are new, in milliseconds. */
const LIST_EVERY = 1000

/**
 * Runs a project, and again whenever its data, its code or what it is compared with changes, until the command is stopped. What
 * is wrong is printed, and the next change waited for.
 */
export async function watchProject(
  file: string,
  context: Context,
  run: (project: Project) => Promise<Outcome>,
): Promise<Outcome> {
  const { signal, terminal, cwd, env, flags } = context
  const watch = new FileWatch()
  let project: Project | undefined
  const once = async (): Promise<Outcome> => {
    try {
      project = await loadProject(file, cwd, { anew: true, env, environment: flags.env })
      return await run(project)
    } catch (error) {
      // Modules that were looked for in vain may come.
      watch.add(takeLoadedFiles(), Date.now())
      return { reports: [], error }
    }
  }
  try {
    while (!signal.aborted) {
      const began = Date.now()
      watch.add([file], began)
      const outcome = await once()
      if (signal.aborted) break
      watch.add(project ? [...project.modules, ...(await watchedOf(project))] : [], began)
      await context.show(outcome, Date.now() - began)
      terminal.note(terminal.paint('dim', `watching ${watch.size} files, Ctrl-C ends`))
      const changed = await nextChange(watch, project, signal)
      const named = changed.map((path) => nameIn(cwd, path)).join(', ')
      if (changed.length > 0) terminal.note(terminal.paint('dim', `\n${named} changed`))
    }
  } finally {
    watch.close()
  }
  return { reports: [], shown: true }
}

/** Waits for a file that changes, or for one that is new where a glob or folder is the data. */
async function nextChange(watch: FileWatch, project: Project | undefined, signal: AbortSignal): Promise<string[]> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const known = new Set(project ? await watchedOf(project) : [])
  let fresh: string[] = []
  const look = async (): Promise<void> => {
    fresh = project ? (await watchedOf(project)).filter((path) => !known.has(path)) : []
    if (fresh.length > 0) over.abort()
  }
  const timer = setInterval(() => {
    void look()
  }, LIST_EVERY)
  try {
    const changed = await watch.changed(either)
    return changed.length > 0 ? changed : fresh
  } finally {
    clearInterval(timer)
  }
}

/** The files of the data, and of what it is compared with. */
async function watchedOf({ datasets, root }: Project): Promise<string[]> {
  const places = Object.values(datasets).flatMap(({ source, drift }) => [source, ...(drift ? [drift.reference] : [])])
  const found = await Promise.all(
    places
      .filter((place) => !isAddress(place) && place !== 'previous' && !place.startsWith('@'))
      .map((place) => findFiles(resolve(root, place)).catch(() => undefined)),
  )
  return found.flatMap((one) => (one ? one.files.map(({ path }) => path) : []))
}

function nameIn(cwd: string, path: string): string {
  const below = relative(cwd, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}

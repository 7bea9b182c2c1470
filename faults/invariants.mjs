import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATA, FOLDER } from './project.mjs'

/** A digest of the user's own data, which nothing may change. */
export function dataDigest(home) {
  const hash = createHash('md5')
  hash.update(readFileSync(join(home, DATA)))
  for (const name of readdirSync(join(home, FOLDER)).sort())
    hash.update(name).update(readFileSync(join(home, FOLDER, name)))
  return hash.digest('hex')
}

/**
 * Holds a project against what was acknowledged to it, by its files alone: nothing of dayshift is asked.
 *
 * @param ledger what was acknowledged
 * @param data digest of the data as the user wrote it
 * @returns what does not hold, in words
 */
export function violations(home, ledger, data) {
  const problems = []
  const at = (...names) => join(home, ...names)
  if (dataDigest(home) !== data) problems.push('the data itself was changed')
  for (const [what, store, wanted] of [
    ['cache', at('.dvc', 'cache', 'files', 'md5'), ledger.versions],
    ['remote', at('remote', 'files', 'md5'), ledger.pushed],
  ]) {
    const held = objectsOf(store)
    for (const [hash, content] of held) {
      const actual = createHash('md5').update(content).digest('hex')
      if (actual !== hash.replace(/\.dir$/, ''))
        problems.push(`${what}: the object ${hash} has other bytes than its name says`)
    }
    for (const hash of wanted) problems.push(...lacking(held, hash).map((lost) => `lost from the ${what}: ${lost}`))
  }
  for (const name of [`${DATA}.dvc`, `${FOLDER}.dvc`]) {
    if (!existsSync(at(name))) continue
    const hash = /^- md5: ([0-9a-f]{32}(?:\.dir)?)$/m.exec(readFileSync(at(name), 'utf8'))?.[1]
    const cache = objectsOf(at('.dvc', 'cache', 'files', 'md5'))
    if (hash === undefined) problems.push(`${name} names no version`)
    else problems.push(...lacking(cache, hash).map((lost) => `${name} names what the cache does not have: ${lost}`))
  }
  for (const [what, path, wanted] of [
    ['catalog', at('data_catalog.jsonl'), ledger.revisions],
    ['lineage log', at('metadata_log.jsonl'), ledger.runs],
    ['history', at('.dayshift', 'reports.jsonl'), ledger.reports],
  ]) {
    if (wanted.size === 0) continue
    const held = namesIn(existsSync(path) ? readFileSync(path) : '')
    for (const name of wanted) if (!held.has(name)) problems.push(`lost from the ${what}: ${name}`)
  }
  try {
    execFileSync('git', ['fsck', '--no-dangling'], { cwd: home, stdio: 'pipe' })
  } catch (error) {
    problems.push(`git fsck: ${error.stderr}`)
  }
  return problems
}

/**
 * What a finished command may not leave behind in the workspace. In caches and remotes nobody can tell what another machine is
 * still at: what is unfinished there for a day is removed by whoever finds it, and `dvc fsck` names it.
 */
export function leftovers(home) {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/^(\.git|remote|\.dvc\/cache)\//.test(path))
    .filter((path) => /\.tmp$|\.temporary|\.stale$|\.partial/.test(path))
    .map((path) => `left behind: ${path}`)
}

function objectsOf(store) {
  if (!existsSync(store)) return new Map()
  const found = readdirSync(store, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /^[0-9a-f]{2}\/[0-9a-f]{30}(\.dir)?$/.test(path))
  return new Map(found.map((path) => [path.replace('/', ''), readFileSync(join(store, path))]))
}

/** What of a version a store does not have: itself, and what its list of files names. */
function lacking(held, hash) {
  if (!held.has(hash)) return [hash]
  if (!hash.endsWith('.dir')) return []
  try {
    return JSON.parse(held.get(hash)).flatMap(({ md5, relpath }) =>
      held.has(md5) ? [] : [`${md5} (${relpath} of ${hash})`],
    )
  } catch {
    return [`${hash} cannot be read`]
  }
}

/** The names by which a ledger knows the records of a log, of those that stand whole. */
function namesIn(bytes) {
  return new Set(
    String(bytes)
      .split('\n')
      .flatMap((line) => {
        try {
          const { unique_id: id, revision, run, kind, at } = JSON.parse(line)
          if (run?.runId) return [run.runId]
          return [id === undefined ? `${kind} ${at}` : `${id} ${revision}`]
        } catch {
          return []
        }
      }),
  )
}

/** The names of the records that damage took. */
export function lostBy(before, after) {
  const left = new Set(String(after).split('\n'))
  const gone = String(before)
    .split('\n')
    .filter((line) => !left.has(line))
  return [...namesIn(gone.join('\n'))]
}

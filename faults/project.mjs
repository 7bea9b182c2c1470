import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file that the commands under attack work on, and the folder beside it. */
export const DATA = 'data.csv'
export const FOLDER = 'parts'

/** Makes a git repository with a DVC repository in it, whose remote is a folder beside it. */
export async function makeProject(home, run) {
  const git = (...words) => execFileSync('git', words, { cwd: home, stdio: 'ignore' })
  git('init', '--quiet')
  writeData(home, 0)
  for (const words of [
    ['dvc', 'init', '--quiet'],
    ['dvc', 'remote', 'add', '-d', 'origin', 'remote', '--quiet'],
  ]) {
    const { code, err } = await run(home, words)
    if (code !== 0) throw new Error(`${words.join(' ')}: ${err}`)
  }
  writeFileSync(join(home, '.gitignore'), '/remote\n')
}

/** Writes the data as it is at a change: other bytes, the same distribution, so that nothing drifts. */
export function writeData(home, change) {
  const rows = Array.from({ length: 400 }, (_, at) => {
    const id = (at + change * 7) % 400
    return `${id},name ${id % 17},${id * 1.5},2026-11-${String(1 + (id % 28)).padStart(2, '0')}`
  })
  writeFileSync(join(home, DATA), `id,name,value,at\n${rows.join('\n')}\n`)
  mkdirSync(join(home, FOLDER), { recursive: true })
  for (let part = 0; part < 5; part++) {
    // One of them stays as it was, one is as large as needs several writes.
    const text = part === 0 ? 'the same' : `part ${part} of change ${change}\n`
    writeFileSync(join(home, FOLDER, `part-${part}.txt`), part === 1 ? text.repeat(6000) : text)
  }
}

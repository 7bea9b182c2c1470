import { AsyncLocalStorage } from 'node:async_hooks'
import childProcess, { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DATA, FOLDER } from './project.mjs'
import { watchSteps } from './file-steps.mjs'

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages')
const built = (name) => import(pathToFileURL(join(packages, name, 'dist', 'index.js')).href)

/**
 * Lets commands run within this process, hundreds of times as fast as in one of their own. What is killed is frozen for ever
 * at that file operation: none of its later ones reaches the disk, not even those of `finally`, its children lose it, and what
 * it left behind is signed by a process that is gone. So what is on the disk is what a SIGKILL leaves there.
 *
 * Only what the libraries do is attacked so: `version`, `push`, `register` with a schema that is told, `log`; no engine runs.
 *
 * @returns `start` and `run`, as command-line.mjs has them
 */
export async function inProcess() {
  const lives = new AsyncLocalStorage()
  const { spawn } = childProcess
  childProcess.spawn = (...words) => {
    const child = spawn(...words)
    lives.getStore()?.children.push(child)
    return child
  }
  const end = () => {
    const life = lives.getStore()
    if (life.dead) return
    life.dead = true
    for (const child of life.children) child.stdin?.destroy()
    setImmediate(() => lives.exit(life.ended))
  }
  await watchSteps(() => lives.getStore(), {
    now: () => {
      end()
      throw new Error('frozen')
    },
    waiting: () => {
      end()
      return new Promise(() => undefined)
    },
  })
  const [dvc, catalog, lineage, { isDayshiftError, fileDataset }] = await Promise.all([
    built('dvc'),
    built('catalog'),
    built('lineage'),
    built('core'),
  ])
  // The number of a process that is gone.
  const { pid: gone } = spawnSync('true')

  /** What the libraries do for the words of a command line; the document as it would print it. */
  async function obey(home, words) {
    const cwd = home
    const flag = (name) => words[words.indexOf(name) + 1]
    if (words[0] === 'dvc' && words[1] === 'push') return { command: 'dvc push', result: await dvc.push([], { cwd }) }
    const dataset = fileDataset(DATA, home)
    const schema = { columns: [{ name: 'id', type: 'integer', nativeType: 'BIGINT' }] }
    if (words[0] === 'version') {
      return { reports: [await dvc.version([DATA, FOLDER], { cwd, commit: false, push: words.includes('--push') })] }
    }
    if (words[0] === 'register') {
      const entry = { dataset, name: 'a', description: flag('--description'), schema }
      return { reports: [await catalog.register(entry, { path: join(home, 'data_catalog.jsonl') })] }
    }
    if (words[0] === 'log') {
      const event = { dataset, origin: flag('--origin'), schema, rows: 1, job: { namespace: 'faults', name: 'a' } }
      return { reports: [await lineage.log(event, { path: join(home, 'metadata_log.jsonl'), cwd })] }
    }
    if (words[0] === 'catalog') return { result: await catalog.repairCatalog(join(home, 'data_catalog.jsonl')) }
    if (words[0] === 'lineage') return { result: await lineage.repairLineageLog(join(home, 'metadata_log.jsonl')) }
    throw new Error(`in one process there is no ${words.join(' ')}`)
  }

  function start(home, words, fault = {}) {
    const { report, ...asked } = fault
    const life = { ...asked, steps: 0, children: [], dead: false }
    const ended = new Promise((resolve) => {
      life.ended = () => {
        signBy(home, gone)
        resolve({ code: null, signal: 'SIGKILL', out: '', err: '', hung: false })
      }
      void lives.run(life, async () => {
        try {
          const document = await obey(home, words)
          if (life.dead) return
          if (report) fs.writeFileSync(report, String(life.steps))
          // What could not be sent is an error on the command line.
          const failed = (document.result?.transfers ?? []).flatMap((transfer) => transfer.failed)
          const err = failed.map((one) => `DS_FAILED ${one.error}`).join('\n')
          resolve({ code: failed.length > 0 ? 3 : 0, signal: null, out: '', err, document })
        } catch (error) {
          if (life.dead) return
          const isOurs = isDayshiftError(error)
          const err = isOurs ? `${error.code}: ${error.message}` : String(error.stack)
          resolve({ code: isOurs && error.kind === 'usage' ? 2 : 3, signal: null, out: '', err, document: undefined })
        }
      })
    })
    return { child: { kill: () => lives.run(life, end) }, ended }
  }
  return { start, run: (...words) => start(...words).ended }
}

/** Lets what this process left unfinished be another's: locks by what they say, temporary files by their names. */
function signBy(home, pid) {
  const own = new RegExp(`(?<=[-.])${process.pid}(?=[-.])`)
  for (const path of fs.readdirSync(home, { recursive: true, encoding: 'utf8' }).toReversed()) {
    if (path.startsWith('.git/')) continue
    const file = join(home, path)
    if (/(\.lock|rwlock)$/.test(path)) {
      const text = fs.readFileSync(file, 'utf8')
      fs.writeFileSync(file, text.replaceAll(`"pid":${process.pid}`, `"pid":${pid}`))
    }
    if (own.test(path)) fs.renameSync(file, join(home, path.replace(own, String(pid))))
  }
}

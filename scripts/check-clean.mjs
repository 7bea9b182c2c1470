// Nothing that the checks made may lie in the tree, and the lockfile names no registry.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const status = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' })
const lock = readFileSync('pnpm-lock.yaml', 'utf8')
const hosts = lock.split('\n').filter((line) => /https?:\/\/|tarball:/.test(line))
if (status !== '') console.error(`the tree is not clean:\n${status}`)
if (hosts.length > 0) console.error(`the lockfile names hosts:\n${hosts.slice(0, 5).join('\n')}`)
process.exit(status === '' && hosts.length === 0 ? 0 : 1)

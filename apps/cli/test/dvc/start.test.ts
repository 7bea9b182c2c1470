import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './repository.ts'

const program = join(import.meta.dirname, '../../bin/dayshift.js')

/** Tells every module that is loaded on stderr. */
const hooks = `export const load = (url, context, next) => (process._rawDebug(url), next(url, context))`
const register = `import { register } from 'node:module'; register('data:text/javascript,${encodeURIComponent(hooks)}')`

test('DVC’s commands start without the frame and its engine, and without YAML', async () => {
  const cwd = await repository({ a: 'a' }, [])
  const words = ['--import', `data:text/javascript,${encodeURIComponent(register)}`, program, 'dvc', 'root']
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' })
  expect(stdout).toBe('.\n')
  const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'))
  expect(loaded.some((url) => url.endsWith('core/dist/ground.js'))).toBe(true)
  expect(loaded.filter((url) => /core\/dist\/(?:index|frame|engines)|\/yaml\/|duckdb/.test(url))).toEqual([])
})

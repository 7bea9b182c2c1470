import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from '../src/checkout.ts'
import { remove } from '../src/remove.ts'
import { codeOf, env, repoWith } from './sandbox.ts'

test('tracking ends, the data stays or goes', async () => {
  const cwd = await repoWith({ 'in/a [1]': 'one', 'in/b': 'two', 'in/mine': 'x' }, ['in/a [1]', 'in/b'])
  expect((await remove(['in/b.dvc'], { cwd, env, dryRun: true })).outputs).toEqual(['in/b'])
  await remove(['a [1].dvc'], { cwd: join(cwd, 'in'), env })
  expect(existsSync(join(cwd, 'in/a [1].dvc'))).toBe(false)
  expect(readFileSync(join(cwd, 'in/a [1]'), 'utf8')).toBe('one')
  expect(readFileSync(join(cwd, 'in/.gitignore'), 'utf8')).toBe('/b\n')
  await remove(['in/b.dvc'], { cwd, env, outs: true })
  expect(existsSync(join(cwd, 'in/b'))).toBe(false)
  expect(existsSync(join(cwd, 'in/.gitignore'))).toBe(false)
})

test('data that a checkout placed and that is not tracked any more stays', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  await checkout([], { cwd, env })
  await remove(['a.dvc'], { cwd, env })
  await checkout([], { cwd, env })
  expect(existsSync(join(cwd, 'a'))).toBe(true)
})

test('a target is a .dvc file', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  expect(await codeOf(remove(['a'], { cwd, env }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(remove(['b.dvc'], { cwd, env }))).toBe('DS_DVC_TARGET')
})

import { expect, test } from 'vitest'
import * as dvc from '../../src/index.ts'
import { env, git, put, repoWith } from '../sandbox.ts'

test('without git nothing has revisions, and the error says what to do', async () => {
  const cwd = await repoWith({ a: '1' }, ['a'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  put(cwd, '.dvc/config', '[core]\n    no_scm = True\n')
  const refused = {
    code: 'DS_GIT_NO_REPO',
    message: expect.stringMatching(/works without git/) as string,
    hint: 'Run `git init` where there is none yet, then `dayshift dvc config core.no_scm false`.',
  }
  await expect(dvc.diff({ cwd, env })).rejects.toMatchObject(refused)
  await expect(dvc.diff({ cwd, env, from: 'a', to: 'b' })).rejects.toMatchObject(refused)
  await expect(dvc.list({ cwd, env, revision: 'HEAD' })).rejects.toMatchObject(refused)
  await expect(dvc.gc({ cwd, env, allCommits: true })).rejects.toMatchObject(refused)
  await expect(dvc.versionAt('a', 'HEAD', { cwd, env })).rejects.toMatchObject(refused)
  await expect(dvc.artifacts({ cwd, env })).rejects.toMatchObject(refused)
  await expect(dvc.version(['a'], { cwd, env, tag: 'v1' })).rejects.toMatchObject({
    code: 'DS_GIT_TAG',
    hint: refused.hint,
  })
  put(cwd, '.dvc/config', '[core]\n    no_scm = false\n')
  expect(await dvc.diff({ cwd, env })).toEqual({})
})

import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../../src/add.ts'
import { md5Of } from '../../src/cache/hash.ts'
import { objectPathIn } from '../../src/cache/objects.ts'
import { checkout } from '../../src/checkout.ts'
import { commit } from '../../src/commit.ts'
import { doctor } from '../../src/doctor.ts'
import { status } from '../../src/status.ts'
import { unprotect } from '../../src/unprotect.ts'
import { env, put, repoWith } from '../sandbox.ts'

async function linkedRepo(type: string): Promise<string> {
  const cwd = await repoWith({ 'd/a': 'one', 'd/b': 'two' }, [])
  writeFileSync(join(cwd, '.dvc/config'), `[cache]\n    type = ${type}\n`)
  return cwd
}

/** Edits the first file while the second one is read. */
function editOn(cwd: string): () => void {
  let calls = 0
  return () => void (++calls === 2 && put(cwd, 'd/a', 'edited'))
}

test.for(['hardlink', 'symlink'])(
  'an edit between the reading of a file and its %s stays, and is told',
  async (type) => {
    for (const verb of ['add', 'commit']) {
      const cwd = await linkedRepo(type)
      if (verb === 'commit') await add(['d'], { cwd, env, commit: false, relink: false })
      if (verb === 'commit') put(cwd, 'd/a', 'three')
      const onProgress = editOn(cwd)
      const { findings } =
        verb === 'add'
          ? await add(['d'], { cwd, env, onProgress })
          : await commit([], { cwd, env, onProgress, force: true })
      expect(findings.map(({ code, message }) => [code, message.split(' ')[0]])).toEqual([
        ['version.changed_meanwhile', 'd/a'],
      ])
      expect(readFileSync(join(cwd, 'd/a'), 'utf8')).toBe('edited')
      expect(existsSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of(verb === 'add' ? 'one' : 'three')))).toBe(true)
      const other = lstatSync(join(cwd, 'd/b'))
      expect(type === 'symlink' ? other.isSymbolicLink() : other.nlink === 2).toBe(true)
      expect(await status([], { cwd, env })).toEqual({ 'd.dvc': [{ 'changed outs': { d: 'modified' } }] })
    }
  },
)

test.for(['reflink,hardlink', 'hardlink,copy'])(
  '%s: add, commit and checkout --relink make hard links',
  async (types) => {
    const cwd = await linkedRepo(types)
    const isLinked = (): boolean[] => ['d/a', 'd/b'].map((path) => lstatSync(join(cwd, path)).nlink === 2)
    const { repo } = await doctor({ cwd, env })
    // Where clones can be made they come first, and look as copies do.
    const expected = types.startsWith('reflink') && repo?.linkTypes?.includes('reflink') ? [false, false] : [true, true]
    await add(['d'], { cwd, env })
    expect(isLinked()).toEqual(expected)
    await unprotect(['d'], { cwd, env })
    expect(isLinked()).toEqual([false, false])
    await checkout([], { cwd, env, relink: true })
    expect(isLinked()).toEqual(expected)
    await unprotect(['d'], { cwd, env })
    await commit([], { cwd, env })
    expect(isLinked()).toEqual(expected)
  },
)

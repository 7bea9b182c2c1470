import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canInstall, installNpmPeer, installPeer } from './peer.ts'
import { NPM_PEERS, PYTHON_PEERS, type PythonPeer } from './peers.ts'

// CI runs this file by itself, beside what needs no peers, so that those who do find them installed.

describe.skipIf(!canInstall)('environments of Python', () => {
  test.each([...new Set<PythonPeer>(Object.values(PYTHON_PEERS))])(
    '$name has what was asked for',
    async (peer) => {
      const python = join(await installPeer(peer), 'python')
      const script =
        'import json, sys; from importlib.metadata import version as v; print(json.dumps([v(name) for name in sys.argv[1:]]))'
      const asked = peer.requirements.map((one) => one.replace(/\[.*\]/, '').split('=='))
      const names = asked.map(([name = '']) => name)
      const there = JSON.parse(execFileSync(python, ['-c', script, ...names], { encoding: 'utf8' })) as string[]
      // Some are asked for in whatever version there is.
      const expected = asked.map(([, version], at) => version ?? there[at])
      expect(there).toEqual(expected)
    },
    900_000,
  )
})

describe('folders of npm', () => {
  test.each(Object.values(NPM_PEERS))(
    '$name has what was asked for',
    async (peer) => {
      const folder = await installNpmPeer(peer)
      const names = Object.keys(peer.manifest.dependencies)
      const there = names.filter((name) => existsSync(join(folder, 'node_modules', name, 'package.json')))
      expect(there).toEqual(names)
    },
    900_000,
  )
})

import { dirname } from 'node:path'
import { findRepo, linkTypesOf } from '@dayshift/dvc'
import { userConfigOf } from '../../dvc-config.ts'
import { defineDvcCommand } from '../../dvc-command.ts'
import { ownVersion } from '../../own-version.ts'
import { printable } from '../../render/words.ts'

/** The DVC that tests hold this against. */
const DVC = '3.67.1'

export const command = defineDvcCommand({
  name: 'dvc version',
  summary: 'say what this is, and where it is',
  usage: '',
  description: ['Prints the version, the system, and what the repository here uses.'],
  flags: {},
  examples: ['dayshift dvc version'],
  run: async ({ repo, env }) => {
    const { global, system } = userConfigOf(env)
    const found = await findRepo(repo.cwd, undefined, repo.user)
    const here = found && {
      root: found.root,
      cacheDir: found.config.cacheDir,
      linkTypes: linkTypesOf(found),
      remote: found.config.remote ?? null,
      git: found.git !== undefined,
    }
    const config = { global, system }
    const version = ownVersion()
    return {
      reports: [],
      result: { version, formats: DVC, node: process.version, platform: process.platform, config, repo: here ?? null },
      text: [
        `dayshift ${version}, in the formats of DVC ${DVC}`,
        '-------------------------',
        `Platform: Node.js ${process.version.slice(1)} on ${process.platform} ${process.arch}`,
        'Config:',
        `\tGlobal: ${printable(dirname(global ?? ''))}`,
        `\tSystem: ${printable(dirname(system ?? ''))}`,
        ...(here
          ? [
              `Cache types: ${here.linkTypes.join(', ')}`,
              `Cache directory: ${printable(here.cacheDir)}`,
              `Remote: ${here.remote === null ? 'None' : printable(here.remote)}`,
              `Root: ${printable(here.root)}`,
              `Repo: dvc, ${here.git ? 'git' : 'no_scm'}`,
            ]
          : ['Repo: none here']),
      ],
    }
  },
})

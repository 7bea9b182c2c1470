import { dirname } from 'node:path'
import { withoutSecretsWithin } from '@dayshift/core/ground'
import { doctor, type Diagnosis } from '@dayshift/dvc'
import { userConfigOf } from '../../dvc/user-config.ts'
import { defineDvcCommand } from '../../dvc/command.ts'
import { ownVersion } from '../../own-version.ts'
import { printable } from '../../render/words.ts'

/** The DVC that tests hold this against. */
const DVC = '3.67.1'

export const command = defineDvcCommand({
  name: 'dvc version',
  summary: 'say what this is, and where it is',
  usage: '',
  description: ['Prints the version, the system, and what the repository here is on: file systems, links, remotes.'],
  flags: {},
  examples: ['dayshift dvc version'],
  run: async ({ repo, env }) => {
    const { global = '', system = '' } = userConfigOf(env)
    const found = withoutSecretsWithin(await doctor(repo))
    const { node, system: os, architecture } = found.platform
    const version = ownVersion()
    return {
      reports: [],
      result: { version, formats: DVC, ...found, config: { global, system } },
      text: [
        `dayshift ${version}, in the formats of DVC ${DVC}`,
        '-------------------------',
        `Platform: Node.js ${node.replace(/^v/, '')} on ${os} ${architecture}`,
        'Config:',
        `\tGlobal: ${printable(dirname(global))}`,
        `\tSystem: ${printable(dirname(system))}`,
        ...linesOf(found),
      ],
    }
  },
})

function linesOf({ repo }: Diagnosis): string[] {
  if (!repo) return ['Repo: none here']
  const { fileSystems, linkTypes, remotes } = repo
  const kinds = Object.entries(remotes).map(([name, kind]) => `${printable(name)} (${kind})`)
  return [
    `Cache types: ${linkTypes?.join(', ') || (linkTypes ? 'copy' : 'not known before there is a cache')}`,
    `Cache directory: ${printable(repo.cacheDir)}${fileSystems.cache === undefined ? '' : ` (${fileSystems.cache})`}`,
    `Remotes: ${kinds.join(', ') || 'None'}`,
    `Workspace directory: ${printable(repo.root)} (${fileSystems.workspace})`,
    `Repo: dvc, ${repo.git ? 'git' : 'no_scm'}`,
  ]
}

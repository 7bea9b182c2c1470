import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { writeAtomically } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { exampleFiles } from '../example/files.ts'
import { prepareGit } from '../example/git.ts'
import { starterFiles } from '../example/starter.ts'
import { makeFolder } from '../files.ts'

export const command = defineCommand({
  name: 'init',
  summary: 'start a project, or an example of one',
  usage: '[DIR]',
  description: [
    'Writes dayshift.config.ts for the data files found in DIR (default: here), and makes DIR a git repository where it',
    'is in none. With --example it writes a whole project to play with: data, a contract, an ETL. No file is overwritten.',
  ],
  flags: {
    example: { type: 'boolean', help: 'write an example project with generated data' },
    yes: { type: 'boolean', short: 'y', help: 'ask nothing (nothing is asked in this version)' },
  },
  formats: ['text', 'json'],
  examples: ['dayshift init --example my-project', 'dayshift init'],
  run: async (context) => {
    const { positionals, cwd, flags, terminal } = context
    if (positionals.length > 1) throw failure('DS_USAGE', `'${positionals[1]}' is too much: one folder is taken`)
    const folder = resolve(cwd, positionals[0] ?? '.')
    const files = flags.example ? exampleFiles() : await starterFiles(folder)
    const present = files.map(({ path }) => path).filter((path) => existsSync(join(folder, path)))
    if (present.length > 0) {
      throw failure('DS_EXISTS', `${present.join(', ')} ${present.length > 1 ? 'are' : 'is'} in ${folder} already`, {
        hint: 'Nothing was written. Choose another folder, or move the files away.',
      })
    }
    const wasEmpty = !existsSync(folder) || (await readdir(folder)).length === 0
    for (const { path, text } of files) {
      const target = join(folder, path)
      await makeFolder(dirname(target))
      await writeAtomically(target, (temporary) => writeFile(temporary, text))
    }
    const git = prepareGit(folder, flags.example === true && wasEmpty)
    const below = relative(cwd, folder)
    const place = below === '' ? '.' : below.startsWith('..') ? folder : below
    const next = place === '.' ? 'dayshift run' : `cd ${place} && dayshift run`
    return {
      reports: [],
      plan: files.map(({ path }) => path),
      text: [
        `${terminal.paint('green', '✔')} ${flags.example ? 'an example project' : 'a project'} in ${basename(folder) || folder}:`,
        ...files.map(({ path, what }) => `  ${path.padEnd(32)} ${terminal.paint('dim', what)}`),
        ...git,
        '',
        `Next: ${terminal.paint('bold', next)}`,
      ],
    }
  },
})

// Writes docs/errors.md from the packages' tables of error codes. Run after a build: node scripts/errors-page.mjs [--print]
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The tables by package, in the order of the house. */
const TABLES = [
  ['@dayshift/core', 'packages/core', 'coreErrors'],
  ['@dayshift/validate', 'packages/validate', 'validateErrors'],
  ['@dayshift/dvc', 'packages/dvc', 'dvcErrors'],
  ['@dayshift/catalog', 'packages/catalog', 'catalogErrors'],
  ['@dayshift/lineage', 'packages/lineage', 'lineageErrors'],
  ['@dayshift/monitor', 'packages/monitor', 'monitorErrors'],
  ['dayshift', 'apps/cli', 'cliErrors'],
]

/** The page as text. */
async function errorsPage() {
  const parts = [
    '<!-- Written by scripts/errors-page.mjs from the tables in the packages’ src/codes.ts. -->\n',
    '# Errors\n',
    'Every error that dayshift throws on purpose has a code that never changes its meaning within a major version, a',
    'message, the place where there is one, and the next thing to do. On the command line, errors of kind `usage` exit',
    'with 2 (nothing was done), those of kind `failed` with 3.',
  ]
  for (const [name, folder, table] of TABLES) {
    const { [table]: codes } = await import(join(root, folder, 'dist', 'codes.js'))
    parts.push(`\n## ${name}\n`, '| code | kind | meaning | what to do |', '| --- | --- | --- | --- |')
    for (const [code, { kind, meaning, hint }] of Object.entries(codes)) {
      parts.push(`| \`${code}\` | ${kind} | ${meaning.replaceAll('|', '\\|')} | ${hint.replaceAll('|', '\\|')} |`)
    }
  }
  return `${parts.join('\n')}\n`
}

const page = await errorsPage()
if (process.argv.includes('--print')) process.stdout.write(page)
else writeFileSync(join(root, 'docs', 'errors.md'), page)

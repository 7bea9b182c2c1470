import { relative } from 'node:path'
import { withoutSecretsWithin } from '@dayshift/core/ground'
import { editConfig, findConfig, findRoot, listConfig, type ConfigEntry, type ConfigLevel } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf, plannedEdit } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc config',
  summary: 'get or set DVC’s settings',
  usage: '[name] [value]',
  description: [
    'Prints a setting, sets it where a value is given, or lists all, secrets hidden. Settings stand in .dvc/config (--project,',
    'where they are set by default), .dvc/config.local, the user’s and the system’s file; the one nearest to the project wins.',
  ],
  flags: {
    list: { type: 'boolean', short: 'l', help: 'list all settings' },
    unset: { type: 'boolean', short: 'u', help: 'take the setting out' },
    'show-origin': { type: 'boolean', help: 'print the file that a setting stands in' },
    ...levelFlags,
    ...dryFlags,
  },
  examples: [
    'dayshift dvc config core.autostage true',
    'dayshift dvc config --local cache.type reflink,hardlink',
    'dayshift dvc config --list --show-origin',
    'dayshift dvc config --unset cache.type',
  ],
  run: async ({ flags, positionals, repo, cwd, dryRun }) => {
    const [name, value, third] = positionals
    if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: a name and a value are taken`)
    const level = levelOf(flags)
    const root = await findRoot(cwd)
    const files = await configFilesAt(cwd, repo.user)
    const show = (entry: ConfigEntry, said: string): string =>
      printable(said).replace(/^/, flags['show-origin'] ? `${originOf(entry, root)}\t` : '')
    if (flags.list) {
      if (name !== undefined || flags.unset) throw failure('DS_USAGE', '--list takes no name, and not --unset')
      const entries = (await listConfig(files, level)).map(veiled)
      const text = entries.map((entry) => show(entry, `${entry.name}=${textOf(entry)}`))
      return { reports: [], result: { settings: entries }, text }
    }
    if (name === undefined) {
      throw failure('DS_USAGE', 'the name of a setting is missing', { hint: 'As core.autostage; --list tells all.' })
    }
    if (flags.unset || value !== undefined) {
      if (flags.unset && value !== undefined) throw failure('DS_USAGE', '--unset takes no value')
      const target: ConfigLevel = level ?? 'repo'
      const { file } = await editConfig(files, target, name, value, { cwd, dryRun })
      const result = { name, level: target, ...(value === undefined ? {} : { value }) }
      const plan = [plannedEdit(file, name, value)]
      return { reports: [], result, ...(dryRun ? { plan, text: plan } : { text: [] }) }
    }
    const entry = await findConfig(files, name, level)
    if (!entry && level !== undefined) throw failure('DS_USAGE', `${name} is not set at --${levelName(level)}`)
    const text = entry ? [show(entry, textOf(entry))] : []
    return { reports: [], result: { settings: entry ? [entry] : [] }, text }
  },
})

/** A setting as a list shows it, which people paste into issues; asked for by name, it is told as it is. */
function veiled(entry: ConfigEntry): ConfigEntry {
  const key = entry.name.slice(entry.name.lastIndexOf('.') + 1)
  if (!key.startsWith('ask_') && /passw|passphrase|secret|token|_key$|connection_string|auth_header/.test(key))
    return { ...entry, value: '***' }
  return { ...entry, value: withoutSecretsWithin(entry.value) }
}

function levelName(level: ConfigLevel): string {
  return level === 'repo' ? 'project' : level
}

function textOf({ value }: ConfigEntry): string {
  return typeof value === 'string' ? value : value.join(',')
}

/** As DVC tells it: the repository's own files from its root, others in full. */
function originOf({ file, level }: ConfigEntry, root: string | undefined): string {
  const isOwn = root !== undefined && (level === 'repo' || level === 'local')
  return printable(isOwn ? relative(root, file) : file)
}

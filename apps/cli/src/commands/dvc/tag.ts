import {
  artifacts,
  assignStage,
  deprecate,
  deregisterVersion,
  registerVersion,
  unassignStage,
  type Artifact,
  type TagResult,
} from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { oneOf } from '../../flags.ts'
import { shellQuoted } from '../../render/shell-quoted.ts'
import { table } from '../../render/table.ts'
import { printable } from '../../render/words.ts'

const ACTIONS = ['show', 'register', 'assign', 'deregister', 'unassign', 'deprecate'] as const
type Action = (typeof ACTIONS)[number]

/** What each action makes of a tag, in the words of GTO. */
const DONE: Readonly<Record<Exclude<Action, 'show'>, string>> = {
  register: 'registers version',
  assign: 'assigns stage to version',
  deregister: 'deregisters version',
  unassign: 'unassigns stage from version',
  deprecate: 'deprecates artifact',
}

export const command = defineDvcCommand({
  name: 'dvc tag',
  summary: 'name versions, as GTO does',
  usage: '[show|register|assign|deregister|unassign|deprecate] [name] [commit]',
  description: [
    'Names versions of datasets by annotated git tags that GTO reads: NAME@v1.2.3 registers a version, NAME#prod#1 gives it a',
    'stage. Alone, or with show, it lists what such tags say.',
  ],
  flags: {
    version: { type: 'string', value: 'v1.2.3', help: 'the version (register: the next one by default)' },
    bump: { type: 'string', value: 'PART', help: 'register: raise major, minor or patch (default: patch)' },
    stage: { type: 'string', value: 'NAME', help: 'assign, unassign: the stage' },
    message: { type: 'string', short: 'm', value: 'TEXT', help: 'the tag’s message' },
    force: { type: 'boolean', short: 'f', help: 'set a tag though it says what is so already' },
    ...dryFlags,
  },
  examples: [
    'dayshift dvc tag',
    'dayshift dvc tag register weather --bump minor',
    'dayshift dvc tag assign weather --stage prod --version v1.2.0',
  ],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const [word = 'show', name, revision, fourth] = positionals
    const action = ACTIONS.find((one) => one === word)
    if (!action) {
      throw failure('DS_USAGE', `'${word}' is nothing that tag does`, { hint: `It does ${ACTIONS.join(', ')}.` })
    }
    if (fourth !== undefined) throw failure('DS_USAGE', `'${fourth}' is too much`)
    refuseOtherFlags(action, flags)
    if (action === 'show') {
      const found = await artifacts(repo, name)
      return { reports: [], result: { artifacts: found }, text: linesOf(found, name, terminal.columns) }
    }
    if (name === undefined) throw failure('DS_USAGE', 'the name of a dataset is missing')
    const { version, message, force } = flags
    const options = { ...repo, version, revision, message, force, dryRun }
    const stage = stageOf(action, flags.stage)
    const bump = flags.bump === undefined ? undefined : oneOf('bump', flags.bump, ['major', 'minor', 'patch'], 'patch')
    const perform: Readonly<Record<Exclude<Action, 'show'>, () => Promise<TagResult>>> = {
      register: () => registerVersion(name, { ...options, bump }),
      assign: () => assignStage(name, stage, options),
      deregister: () => deregisterVersion(name, options),
      unassign: () => unassignStage(name, stage, options),
      deprecate: () => deprecate(name, options),
    }
    const done = await perform[action]()
    const told = `git tag '${printable(done.tag)}' that ${DONE[action]}`
    if (dryRun) return { reports: [], result: done, plan: [`create ${told}`], text: [`Would create ${told}`] }
    const push = ['', 'To push the changes upstream, run:', `    git push origin ${shellQuoted(printable(done.tag))}`]
    return { reports: [], result: done, text: [`Created ${told}`, ...push] }
  },
})

function stageOf(action: Action, stage: string | undefined): string {
  const needs = action === 'assign' || action === 'unassign'
  if (needs && stage === undefined) throw failure('DS_USAGE', `${action} needs a stage`, { hint: 'As --stage prod.' })
  if (!needs && stage !== undefined) throw failure('DS_USAGE', `--stage goes with assign and unassign, not ${action}`)
  return stage ?? ''
}

/** Flags that go with some actions only. */
const OF: Readonly<Record<'version' | 'bump' | 'message' | 'force', readonly Action[]>> = {
  version: ['register', 'assign', 'deregister', 'unassign'],
  bump: ['register'],
  message: ['register', 'assign', 'deregister', 'unassign', 'deprecate'],
  force: ['register', 'assign', 'deregister', 'unassign', 'deprecate'],
}

/** @throws DS_USAGE for a flag that would be passed over */
function refuseOtherFlags(action: Action, flags: Readonly<Record<string, unknown>>): void {
  for (const [flag, actions] of Object.entries(OF)) {
    if (flags[flag] === undefined || actions.includes(action)) continue
    throw failure('DS_USAGE', `--${flag} goes with ${actions.join(', ')}, not ${action}`)
  }
}

function linesOf(found: readonly Artifact[], asked: string | undefined, columns: number): string[] {
  if (found.length === 0) {
    const what = asked === undefined ? 'a dataset yet' : printable(asked)
    return [`No tag speaks of ${what}: dayshift dvc tag register NAME.`]
  }
  const rows = found.map(({ name, version, stages, isActive }) => [
    printable(name),
    version ?? '–',
    Object.entries(stages)
      .map(([stage, of]) => `${stage} ${of.length === 40 ? of.slice(0, 7) : of}`)
      .join(', '),
    isActive ? '' : 'deprecated',
  ])
  return table([['name', 'version', 'stages', ''], ...rows], '', columns)
}

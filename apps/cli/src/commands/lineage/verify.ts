import { relative } from 'node:path'
import { nodeKey, walk, type GraphNode } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { userConfigOf } from '../../dvc/user-config.ts'
import { graphOfLog, lineageFlags, nodeNamed, openLog } from '../../lineage/command.ts'
import { onDisk, type OnDisk } from '../../lineage/on-disk.ts'
import { placeWords } from '../../lineage/run-words.ts'
import type { ListedItem } from '../../listing.ts'
import { itemLines } from '../../render/listed.ts'
import { count } from '../../render/words.ts'

export const command = defineCommand({
  name: 'lineage verify',
  summary: 'say whether data is still what lineage recorded',
  usage: '[<name>]',
  description: [
    'Hashes the files whose version the log has, of all datasets or of one and what it is made from, and says which are no more',
    'what they were when they were logged; exit 1 where one differs or is gone.',
  ],
  flags: { ...lineageFlags },
  examples: ['dayshift lineage verify', 'dayshift lineage verify data/train.csv'],
  run: async (context) => {
    const { positionals, cwd, terminal, signal, env } = context
    const [word, second] = positionals
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one name is taken`)
    const log = await openLog(context)
    const graph = graphOfLog(log)
    const start = word === undefined ? undefined : await nodeNamed(graph, word, log, cwd)
    const { nodes } = walk(graph, start, { downstream: 0 })
    const datasets = nodes.map(({ node }) => node).filter(({ kind }) => kind === 'dataset')
    const versioned = datasets.filter(({ version }) => version !== undefined)
    const items: ListedItem[] = []
    for (const node of versioned) {
      terminal.progress(`verify ${placeWords(node, cwd)}`, items.length / versioned.length)
      const found = await onDisk(node, node.version as string, { user: userConfigOf(env), signal })
      items.push(itemOf(node, found, cwd))
    }
    const bad = items.filter(({ verdict }) => verdict === 'fails').length
    const unversioned = datasets.length - versioned.length
    const rest = unversioned > 0 ? `; of ${unversioned} the log has no version (dayshift version records them)` : ''
    const summary = `${count(items.length, 'recorded version')}, ${bad === 0 ? 'none differs' : `${bad} differ or are gone`}${rest}`
    return {
      reports: [],
      result: { datasets: items.map(({ data }) => data), unversioned },
      text: [...items.flatMap((item) => itemLines(item, terminal)), summary],
      listing: {
        command: 'lineage verify',
        subject: word ?? 'all datasets',
        file: relative(cwd, log.path),
        summary,
        items,
      },
      fails: bad > 0,
    }
  },
})

function itemOf(node: GraphNode, found: OnDisk, cwd: string): ListedItem {
  const { namespace, name, version = '' } = node
  const place = placeWords(node, cwd)
  const data = { key: nodeKey('dataset', node), namespace, name, version, ...found }
  if (found.state === 'same') return { kind: 'same', message: place, verdict: 'holds', data }
  if (found.state === 'missing') return { kind: 'gone', message: `${place} (was ${version})`, verdict: 'fails', data }
  if (found.state === 'unknown')
    return { kind: 'not looked at', message: `${place}: ${found.why}`, verdict: 'warns', data }
  return { kind: 'differs', message: `${place}: ${found.found}, was ${version}`, verdict: 'fails', data }
}

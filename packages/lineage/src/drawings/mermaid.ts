import { nodeKey } from '../graph.ts'
import type { Walk } from '../walk.ts'
import { labelOf } from './label.ts'

/**
 * A walk as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 * @example mermaidOf(walk(graph, key)).join('\n') // 'flowchart LR\n  n0[("/srv/a.csv")] --> n1["clean"]'
 */
export function mermaidOf({ nodes, edges }: Walk): string[] {
  const ids = new Map(nodes.map(({ node }, at) => [nodeKey(node.kind, node), `n${at}`]))
  return [
    'flowchart LR',
    ...nodes.map(({ node }, at) => {
      const text = `"${escaped(labelOf(node))}"`
      return `  n${at}${node.kind === 'dataset' ? `[(${text})]` : `[${text}]`}`
    }),
    ...edges.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ]
}

/** What Mermaid would read as its own, as character entities. */
function escaped(text: string): string {
  return text.replaceAll(/["#&<>\p{Control}\u2028\u2029]/gu, (character) => `#${character.codePointAt(0)};`)
}

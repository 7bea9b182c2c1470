import { formatSize } from '@dayshift/core/ground'
import type { Report } from '@dayshift/core'
import type { MergedRun, RunDataset } from '@dayshift/lineage'
import { count } from '../words.ts'
import { fitting, leftOut, shortened } from './bounded.ts'
import { pairs } from './facts.ts'
import { html, type Html } from './markup.ts'

/** The event that was logged, and what the run read and wrote, where the log has it. */
export function logSection({ facts }: Report<'log'>, run: MergedRun | undefined, room: number): Html {
  const { runId, eventType, job, numRows, columnNames, delivered, spooled } = facts
  const known = pairs([
    ['run', html`<code>${runId}</code>`],
    ['event', eventType],
    ['job', shortened(`${job.namespace}.${job.name}`, 200)],
    ['rows', numRows?.toLocaleString('en-US')],
    [
      'columns',
      columnNames.length === 0 ? undefined : html`<bdi>${shortened(columnNames.slice(0, 60).join(', '), 400)}</bdi>`,
    ],
    ['delivered to', delivered.length === 0 ? undefined : shortened(delivered.join(', '), 200)],
    ['waiting', spooled === 0 ? undefined : count(spooled, 'event')],
  ])
  return html`${known}${run ? lineageOf(run, room - 4000) : undefined}`
}

/** What a run read and wrote, as lists within one another: from where, by which job, to where. */
function lineageOf({ job, state, inputs, outputs }: MergedRun, room: number): Html {
  const sides = [...inputs, ...outputs]
  const { shown } = fitting(sides, room, datasetLine)
  const [read, wrote] = [shown.slice(0, inputs.length), shown.slice(inputs.length)]
  return html`<h4>Lineage of this run</h4>
    <ul>
      <li>
        read${
          read.length > 0
            ? html`<ul>
                ${read}
              </ul>`
            : ' nothing that it names'
        }
        <ul>
          <li>
            by <bdi>${shortened(job.name)}</bdi> (${state.toLowerCase()})
            <ul>
              <li>
                wrote${
                  wrote.length > 0
                    ? html`<ul>
                        ${wrote}
                      </ul>`
                    : ' nothing that it names'
                }
              </li>
            </ul>
          </li>
        </ul>
      </li>
    </ul>
    ${leftOut(sides.length - shown.length, 'dataset')}`
}

function datasetLine({ namespace, name, facets }: RunDataset): Html {
  const statistics = facets['outputStatistics'] ?? facets['inputStatistics']
  const [rows, size, version] = [statistics?.['rowCount'], statistics?.['size'], facets['version']?.['datasetVersion']]
  const more = [
    ...(typeof rows === 'number' ? [count(rows, 'row')] : []),
    ...(typeof size === 'number' ? [formatSize(size)] : []),
    ...(typeof version === 'string' ? [shortened(version)] : []),
  ]
  const where = namespace === 'file' ? name : `${namespace} ${name}`
  return html`<li>
    <bdi>${shortened(where, 160)}</bdi
    >${more.length > 0 ? html` <span class="note">${more.join(', ')}</span>` : undefined}
  </li>`
}

import type { Group } from '../group.ts'

/** What can be asked of alerts, and done about them. */
export const alertsGroup: Group = {
  name: 'alerts',
  summary: 'what is wrong with the data, since when, and who was told',
  commands: {
    list: { summary: 'list the alerts that fire', load: () => import('../commands/alerts/list.ts') },
    test: { summary: 'send a test to the sinks', load: () => import('../commands/alerts/test.ts') },
    mute: { summary: 'tell nobody of an alert for a while', load: () => import('../commands/alerts/mute.ts') },
  },
  aliases: { ls: 'list' },
  usual: 'list',
  first:
    "add sinks: { team: { type: 'webhook', url: '${env:ALERTS_URL}' } } to the project file, then dayshift alerts test",
}

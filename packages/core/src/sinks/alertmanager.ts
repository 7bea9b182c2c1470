import type { AlertNotice } from '../alerts/alert.ts'
import { annotationsOf, checkLabels, labelsOf, type Labels } from '../alerts/labels.ts'
import type { Sink } from '../sink.ts'
import { parseDuration } from '../units.ts'
import { poster, type PostOptions } from './http/post.ts'

/** Where an Alertmanager is, and how it is spoken to. */
export interface AlertmanagerOptions extends PostOptions {
  /** Names it in reports; default `alertmanager`. */
  readonly name?: string | undefined
  /** More labels of every alert, as `{ team: 'data' }`. */
  readonly labels?: Labels | undefined
  /** A page about the project, in `generatorURL`; default: none. */
  readonly generatorURL?: string | undefined
  /**
   * For how long an alert fires there without being told again: Alertmanager takes what it does not hear of for over. Longer than
   * the time between two reminders. Default: `7d`.
   */
  readonly holdFor?: string | number | undefined
}

/** Alerts that are posted together. */
const TOGETHER = 500

/**
 * Posts alerts to an Alertmanager's own interface (`POST /api/v2/alerts`), which groups, silences and routes them.
 *
 * @param options.url of the server, with its prefix where it has one: `http://127.0.0.1:9093`
 * @throws DS_SINK_CONFIG, DS_UNIT; telling: DS_SINK_UNREACHABLE, DS_SINK_REFUSED, DS_ABORTED
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 * @example alertmanagerSink({ url: 'http://127.0.0.1:9093', labels: { team: 'data' } })
 */
export function alertmanagerSink(options: AlertmanagerOptions): Sink & Required<Pick<Sink, 'alert'>> {
  const { name = 'alertmanager', labels = {}, generatorURL, holdFor = '7d', clock = () => new Date() } = options
  const hold = parseDuration(holdFor) * 1000
  checkLabels(labels)
  const post = poster(options, '/api/v2/alerts')

  const alertOf = (notice: AlertNotice): object => {
    // What began on a machine whose clock is ahead does not end before that.
    const held = new Date(Math.max(clock().getTime(), Date.parse(notice.startsAt) || 0) + hold)
    return {
      labels: labelsOf(notice, labels),
      annotations: annotationsOf(notice),
      startsAt: notice.startsAt,
      endsAt: notice.event === 'resolve' ? notice.endsAt : held.toISOString(),
      ...(generatorURL === undefined ? {} : { generatorURL }),
    }
  }
  return {
    name,
    async alert(notices, { signal } = {}) {
      for (let at = 0; at < notices.length; at += TOGETHER) {
        const body = JSON.stringify(notices.slice(at, at + TOGETHER).map(alertOf))
        await post({ body, headers: () => ({}) }, signal)
      }
    },
  }
}

import type { AlertNotice } from '../alerts/alert.ts'
import { annotationsOf, labelsOf, type Labels } from '../alerts/labels.ts'

/** One alert of a webhook's body. */
export interface WebhookAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  /** Of one that is firing, the year 1, as Alertmanager has it. */
  readonly endsAt: string
  readonly generatorURL: string
  /** The alert's key. */
  readonly fingerprint: string
}

/**
 * The body that Alertmanager posts to its webhooks, version 4.
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export interface WebhookBody {
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly WebhookAlert[]
  readonly groupLabels: Labels
  readonly commonLabels: Labels
  readonly commonAnnotations: Labels
  readonly externalURL: string
  readonly version: '4'
  readonly groupKey: string
  /** How many alerts were left out, for the body would have been too large; they come in the next. */
  readonly truncatedAlerts: number
}

/** What a body says of its sender. */
export interface Sender {
  readonly receiver: string
  readonly externalURL: string
  readonly labels: Labels
  /** Bytes that a body may have. */
  readonly maxBytes: number
}

/** What Go writes for no time. */
const NEVER = '0001-01-01T00:00:00Z'

/** A body, and the news in it. */
interface Part {
  /** JSON of at most `maxBytes`, if a single alert fits. */
  readonly body: string
  readonly notices: readonly AlertNotice[]
}

/** Makes bodies of news: one, or, where they are too many for it, as many as it takes, in their order. */
export function webhookBodies(notices: readonly AlertNotice[], sender: Sender): Part[] {
  const parts: Part[] = []
  for (let rest = notices; rest.length > 0; rest = rest.slice(parts.at(-1)?.notices.length)) {
    parts.push(firstBody(rest, sender))
  }
  return parts
}

/** A body of as many news as fit; the others are counted. */
function firstBody(notices: readonly AlertNotice[], sender: Sender): Part {
  const alerts = notices.map((notice) => webhookAlert(notice, sender))
  const whole = textOf(alerts, 0, sender)
  if (Buffer.byteLength(whole) <= sender.maxBytes) return { body: whole, notices }
  // The more alerts, the longer the text: what they have in common, which is written twice, is longest for one.
  let fits = 1
  for (let low = 1, high = alerts.length - 1; low <= high;) {
    const middle = (low + high) >> 1
    const isFitting =
      Buffer.byteLength(textOf(alerts.slice(0, middle), alerts.length - middle, sender)) <= sender.maxBytes
    if (isFitting) fits = middle
    if (isFitting) low = middle + 1
    else high = middle - 1
  }
  return { body: textOf(alerts.slice(0, fits), alerts.length - fits, sender), notices: notices.slice(0, fits) }
}

function textOf(alerts: readonly WebhookAlert[], truncatedAlerts: number, sender: Sender): string {
  const isFiring = alerts.some(({ status }) => status === 'firing')
  const commonLabels = commonOf(alerts.map(({ labels }) => labels))
  const { project } = commonLabels
  const groupLabels: Labels = project === undefined ? {} : { project }
  const body: WebhookBody = {
    receiver: sender.receiver,
    status: isFiring ? 'firing' : 'resolved',
    alerts,
    groupLabels,
    commonLabels,
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    externalURL: sender.externalURL,
    version: '4',
    groupKey: `{}:{${project === undefined ? '' : `project=${JSON.stringify(project)}`}}`,
    truncatedAlerts,
  }
  return JSON.stringify(body)
}

function webhookAlert(notice: AlertNotice, { labels, externalURL }: Sender): WebhookAlert {
  const { event, startsAt, endsAt, key } = notice
  return {
    status: event === 'resolve' ? 'resolved' : 'firing',
    labels: labelsOf(notice, labels),
    annotations: annotationsOf(notice),
    startsAt,
    endsAt: endsAt ?? NEVER,
    generatorURL: externalURL,
    fingerprint: key,
  }
}

/** What all have, with the same value. */
function commonOf(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all
  const shared = Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value))
  return Object.fromEntries(shared)
}

import { createHash } from 'node:crypto'
import type { AlertNotice } from '../alerts/alert.ts'
import { checkLabels, type Labels } from '../alerts/labels.ts'
import { failure } from '../codes.ts'
import type { Sink } from '../sink.ts'
import { poster, type PostOptions } from './http/post.ts'
import { signatureOf, SIGNATURE_HEADER } from './http/signature.ts'
import { webhookBodies } from './webhook-body.ts'

/** Where a webhook is, and how it is spoken to. */
export interface WebhookOptions extends PostOptions {
  /** Names it in reports, and is the `receiver` of its bodies; default `webhook`. */
  readonly name?: string | undefined
  /** Known to the receiver too: signs each body, in the header `Dayshift-Signature`. */
  readonly secret?: string | undefined
  /** More labels of every alert, as `{ team: 'data' }`. */
  readonly labels?: Labels | undefined
  /** A page about the project, in `externalURL` and `generatorURL`; default: none. */
  readonly externalURL?: string | undefined
  /** Bytes that a body may have, 16 000 at least: one alert needs some thousand; default 256 000. What does not fit is counted in `truncatedAlerts`, and comes in the next. */
  readonly maxBytes?: number | undefined
}

/** Bytes that a body must be allowed: an alert with long texts fits. */
const LEAST_BYTES = 16_000

/**
 * Posts alerts to a webhook, in the body that Alertmanager posts (version 4): what takes those takes ours. Each is signed where
 * there is a secret; see {@link verifySignature}. The header `Dayshift-Delivery` is the same where the same news comes twice.
 *
 * @throws DS_SINK_CONFIG; telling: DS_SINK_UNREACHABLE, DS_SINK_REFUSED, DS_ABORTED
 * @example webhookSink({ url: 'https://hooks.example.org/data', secret })
 */
export function webhookSink(options: WebhookOptions): Sink & Required<Pick<Sink, 'alert'>> {
  const { name = 'webhook', secret, labels = {}, externalURL = '', maxBytes = 256_000 } = options
  const { clock = () => new Date() } = options
  checkLabels(labels)
  if (!Number.isInteger(maxBytes) || maxBytes < LEAST_BYTES) {
    throw failure('DS_SINK_CONFIG', `maxBytes is ${maxBytes}; a body needs ${LEAST_BYTES} at least (16kB)`, {
      where: 'maxBytes',
    })
  }
  const post = poster(options, '', secret === undefined ? [] : [secret])
  return {
    name,
    async alert(notices, { signal } = {}) {
      for (const part of webhookBodies(notices, { receiver: name, externalURL, labels, maxBytes })) {
        const { body } = part
        const headers = (): Readonly<Record<string, string>> => ({
          'Dayshift-Delivery': deliveryOf(part.notices),
          ...(secret === undefined ? {} : { [SIGNATURE_HEADER]: signatureOf(body, secret, clock()) }),
        })
        await post({ body, headers }, signal)
      }
    },
  }
}

/** The same for the same news, whenever it is sent. */
function deliveryOf(notices: readonly AlertNotice[]): string {
  const news = notices.map(({ key, startsAt, event }) => `${key} ${startsAt} ${event}`).sort()
  return createHash('sha256').update(news.join('\n')).digest('hex').slice(0, 32)
}

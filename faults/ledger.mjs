/**
 * What was acknowledged, and must be there from then on: versions in the cache, objects in the remote, revisions in the
 * catalog, runs in the lineage log, reports in the history.
 */
export function newLedger() {
  return { versions: new Set(), pushed: new Set(), revisions: new Set(), runs: new Set(), reports: new Set() }
}

/** A ledger of its own with what another one holds. */
export function copyOf(ledger) {
  return Object.fromEntries(Object.entries(ledger).map(([name, held]) => [name, new Set(held)]))
}

/**
 * Takes down what a command acknowledged.
 *
 * @param ended how it ended; without a document nothing was acknowledged
 */
export function takeDown(ledger, { document, code }) {
  if (document === undefined || (code !== 0 && code !== 1)) return
  // Where nothing had changed, only freshness is looked at anew, and no line is written.
  const news = (document.reports ?? []).filter(({ kind, at }) => !ledger.reports.has(`${kind} ${at}`))
  const isNew = news.some(({ kind }) => kind !== 'freshness')
  for (const report of document.reports ?? []) {
    if (report.kind === 'version') for (const { hash } of report.facts.files ?? []) ledger.versions.add(bare(hash))
    if (report.kind === 'register' && report.facts.id)
      ledger.revisions.add(`${report.facts.id} ${report.facts.revision}`)
    if (report.kind === 'log' && report.facts.runId) ledger.runs.add(report.facts.runId)
    if (document.command === 'run' && isNew) ledger.reports.add(`${report.kind} ${report.at}`)
  }
  const transfers = document.result?.transfers ?? []
  // A damaged setting may name another place; libraries tell none.
  const isThere = transfers.every(({ url = '/remote' }) => url.endsWith('/remote'))
  for (const { direction, done } of transfers) {
    if (direction === 'push' && isThere) for (const { hash } of done) ledger.pushed.add(hash.digits)
  }
}

const bare = (hash) => hash.replace(/^md5:/, '')

/** Help on subjects that are no commands. */
export const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `Exit codes

  0    everything held
  1    the data fell short (a check failed, stale, drifted; differs, with --exit-code); --fail-on says from which status on
  2    wrong usage or configuration; nothing was done
  3    it could not be carried out (missing file, broken input, engine, disk full, events that still wait)
  4    results are there but could not be delivered to a sink, with --strict-sinks; of alerts test
  130  interrupted (Ctrl-C)
  143  terminated
`,
  formats: `Formats

Sources: .csv .tsv .txt .jsonl .ndjson .json (also .gz and .zst), .parquet and .arrow; a path, a glob in quotes, a folder
of files of one format, the name of a dataset of the project, or - for standard input, as in

  gzip -dc data.csv.gz | dayshift validate - --contract contract.ts

Its format is told by --as, or by its first bytes. --as, --delimiter, --quote, --type, --skip, --bad-lines … say how a
source is written where its name does not; --memory, --threads and --temp what the engine may use.

Results: --format text (default), json, jsonl, markdown, junit (XML), github (annotations of GitHub Actions) or html (one page
that needs nothing else); --json is --format json. --output FILE writes them to a file too, in the format that its name tells
(.json, .jsonl, .txt, .md, .html, .xml).
freshness has prometheus (.prom) and dbt (sources.json) besides.
What infer, convert and init write is text or json; plans (--explain, --dry-run) are text, json or markdown.
With --json, stdout holds exactly one document:

  { "dayshift": "0.1.0", "command": "drift", "status": "pass|warn|fail|error", "exitCode": 0, "durationMs": 41,
    "reports": [ { "kind", "dataset", "status", "at", "durationMs", "findings": [], "facts": {} } ],
    "error": { "code", "message", "hint", "where" } }

--watch of prototype and freshness prints a result at each change: with --format jsonl a report a line.

Durations: 90s 15m 24h 7d 2w. Fractions: 0.01 or 1%. Sizes: 500MB 2GB. Times are UTC, ISO 8601.
`,
  project: `The project file: dayshift.config.ts (also .mts .js .mjs .json), found here or in a folder above

  import { defineProject } from 'dayshift'
  import { z } from 'zod'

  export default defineProject({
    name: 'airports',
    engine: { memory: '2GB', threads: 4 },             // temp: a folder to spill to
    alerts: { from: 'error', remindAfter: '24h' },     // fireAfter, resolveAfter, calm
    sinks: {                                           // \${env:NAME} is a variable of the environment
      team: { type: 'webhook', url: '\${env:ALERTS_URL}', secret: '\${env:ALERTS_SECRET}', statuses: ['fail'] },
      ops: { type: 'alertmanager', url: 'http://127.0.0.1:9093', labels: { team: 'data' } },
    },
    datasets: {
      weather: {
        source: 'data/weather.csv',                    // the only key that is needed
        csv: { types: { zip: 'VARCHAR' }, badLines: 'skip' }, // delimiter, quote, header, names, skip, nulls, encoding …
        inputs: ['raw'],                               // what it is made of: it runs after that
        description: 'Hourly weather', owners: ['data@airports.example'], tags: { tier: 'gold' },
        prototype: { fraction: '1%', seed: 42, etl: (frame) => frame.dropNulls('temp') },
        contract: z.object({ temp: z.number().min(-60).max(140).nullable() }),
        version: { commit: true },
        log: { origin: 's3://lake/weather.csv' },
        freshness: { warnAfter: '12h', maxAge: '24h', column: 'time_hour' }, // basis, schedule, learn, minRows …
        drift: { reference: 'previous', columns: ['temp', 'humid'] },
      },
    },
    environments: { ci: { datasets: { weather: { freshness: false } } } }, // laid over it by --env ci, DAYSHIFT_ENV=ci
  })

\${env:NAME} works in texts of datasets too. In JSON a contract is named: "contracts/weather.ts#weather", or a .yaml file.
prototype takes every way to draw a sample: key, stratify, minPerStratum, weight, window, edges, method.
A step set to false is left out. zod, dayshift and @dayshift/* need not be installed in the project.
`,
}

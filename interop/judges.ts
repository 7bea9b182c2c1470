import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { peerHome } from './peer.ts'
import { DEB_PEERS, NPM_PEERS, PYTHON_PEERS, ZODS, type DebPeer, type NpmPeer, type PythonPeer } from './peers.ts'

/** Somebody else's software. */
interface Software {
  readonly name: string
  /** The version that is asked for, or where it comes from when none is. */
  readonly pinned: string
  /** The version that is there; `undefined` where none is. */
  readonly installed: () => string | undefined
}

/** Whose software judges what. */
export interface Judge {
  /** The folder of its tests in `interop/`, with a slash at its end, or a single file. */
  readonly place: string
  readonly software: readonly Software[]
  /** What is held against it. */
  readonly judges: string
  /** Where it comes from, and when it is left out. */
  readonly needs: string
}

function fromPip({ name: home, requirements }: PythonPeer, name: string): Software {
  const line = requirements.find((one) => plain(one.replace(/\[.*\]|==.*/g, '')) === name)
  return {
    name,
    pinned: line?.split('==')[1] ?? 'as others need it',
    installed: () => {
      const lib = join(peerHome(home), 'lib')
      const folders = entries(lib).flatMap((python) => entries(join(lib, python, 'site-packages')))
      const found = folders.map((folder) => /^(.*)-([^-]+)\.dist-info$/.exec(folder))
      return found.find((one) => plain(one?.[1] ?? '') === name)?.[2]
    },
  }
}

/** A name of PyPI, where case and signs between words make no difference. */
function plain(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase()
}

function fromNpm({ name: home, manifest }: NpmPeer, name: string, folder = name): Software {
  const { dependencies = {}, overrides = {} } = manifest as Record<string, Record<string, string> | undefined>
  return {
    name,
    pinned: (dependencies[folder] ?? overrides[folder] ?? 'newest').replace(/^npm:.*@/, ''),
    installed: () => {
      const file = join(peerHome(home), 'node_modules', folder, 'package.json')
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined
    },
  }
}

function fromDebian({ name: home, packages }: DebPeer, name = packages[0] as string): Software {
  return {
    name,
    pinned: 'of Debian',
    installed: () => {
      const file = entries(peerHome(home)).find((one) => one.startsWith(`${name}_`) && one.endsWith('.deb'))
      return file?.split('_')[1]?.replaceAll('%3a', ':')
    },
  }
}

function ofThisMachine(name: string, program: string, words: readonly string[]): Software {
  return {
    name,
    pinned: 'of this machine',
    installed: () => {
      try {
        return /\d+(\.\d+)+/.exec(
          execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
        )?.[0]
      } catch {
        return undefined
      }
    },
  }
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

const DVC = fromPip(PYTHON_PEERS.dvc, 'dvc')
const MOTO = fromPip(PYTHON_PEERS.moto, 'moto')
const SCIPY = fromPip(PYTHON_PEERS.scipy, 'scipy')
const PANDAS = fromPip(PYTHON_PEERS.pandas, 'pandas')
const PANDERA = fromPip(PYTHON_PEERS.pandera, 'pandera')
const NGINX = fromDebian(DEB_PEERS.nginx)
const PYTHON = 'python3 with venv and PyPI'
const NPM = 'the registry of npm'
const DEBIAN = 'Debian, with its package lists'

/** Every test file in `interop/` belongs to one. */
export const JUDGES: readonly Judge[] = [
  {
    place: 'alertmanager/',
    software: [fromDebian(DEB_PEERS.alertmanager)],
    judges: 'alerts that are sent to Alertmanager: fired, kept, resolved, grouped, handed to a webhook',
    needs: DEBIAN,
  },
  {
    place: 'arrow/',
    software: [fromPip(PYTHON_PEERS.arrow, 'pyarrow'), fromPip(PYTHON_PEERS.arrow, 'polars')],
    judges: 'Arrow IPC and Parquet, each type there and back',
    needs: PYTHON,
  },
  {
    place: 'ci-files.test.ts',
    software: [fromPip(PYTHON_PEERS.ci, 'check-jsonschema')],
    judges: "files for CI that init writes, by GitHub's and GitLab's schemas",
    needs: PYTHON,
  },
  {
    place: 'classifier.test.ts',
    software: [fromPip(PYTHON_PEERS.sklearn, 'scikit-learn')],
    judges: 'the classifier that tells two tables apart',
    needs: PYTHON,
  },
  {
    place: 'danfo/',
    software: [
      fromNpm(NPM_PEERS.danfo, 'danfojs-node'),
      fromNpm(NPM_PEERS.danfo, 'tensorflow.js', '@tensorflow/tfjs-node'),
    ],
    judges: 'frames to danfojs and back on the real TensorFlow.js, and what docs/danfo.md says of danfojs',
    needs: NPM,
  },
  {
    place: 'dvc/',
    software: [DVC, fromPip(PYTHON_PEERS.dvc, 'ruamel-yaml'), MOTO, NGINX],
    judges:
      '.dvc files, caches, configuration, ignore rules, history, imports and transfers: each command beside the real one on twin repositories, byte for byte',
    needs: `${PYTHON}; nginx: ${DEBIAN}; a full disk: the right to mount`,
  },
  {
    place: 'evidently/',
    software: [fromPip(PYTHON_PEERS.evidently, 'evidently')],
    judges: 'scores and verdicts of KS, chi-square, Wasserstein, PSI and Jensen–Shannon on the same columns',
    needs: PYTHON,
  },
  {
    place: 'formats/',
    software: [
      fromPip(PYTHON_PEERS.formats, 'frictionless'),
      fromPip(PYTHON_PEERS.formats, 'datacontract-cli'),
      fromPip(PYTHON_PEERS.formats, 'open-data-contract-standard'),
    ],
    judges: 'contracts written as Table Schema and ODCS: accepted, and the same verdict on random tables',
    needs: PYTHON,
  },
  {
    place: 'freshness.test.ts',
    software: [fromPip(PYTHON_PEERS.dbt, 'dbt-core'), fromDebian(DEB_PEERS.prometheus), MOTO],
    judges: 'freshness told as dbt sources.json and Prometheus metrics, and the age of objects in S3',
    needs: `${PYTHON}; promtool: this machine's own, or ${DEBIAN}`,
  },
  {
    place: 'marquez/',
    software: [
      {
        name: 'Marquez',
        pinned: 'as given in DAYSHIFT_MARQUEZ',
        installed: () => process.env['DAYSHIFT_MARQUEZ'],
      },
    ],
    judges: 'events of runs, failures, parents and columns: the same graph, delivered once and in order',
    needs: 'a running server in DAYSHIFT_MARQUEZ, for no registry has one to install',
  },
  {
    place: 'nginx/',
    software: [NGINX],
    judges: 'remotes over HTTP: passwords, certificates, ranges, WebDAV',
    needs: `this machine's own, or ${DEBIAN}`,
  },
  {
    place: 'openlineage/',
    software: [fromPip(PYTHON_PEERS.openlineage, 'openlineage-python')],
    judges: 'events, facets, configuration, proxies and transports, beside the official client',
    needs: PYTHON,
  },
  {
    place: 'page-faults.test.ts',
    software: [ofThisMachine('Linux', 'uname', ['-r'])],
    judges: 'pages on a full disk, and of a process that is killed',
    needs: 'the right to mount',
  },
  {
    place: 'pages.test.ts',
    software: [
      fromDebian(DEB_PEERS.chromium),
      fromNpm(NPM_PEERS.browser, 'axe-core'),
      fromNpm(NPM_PEERS.browser, 'html-validate'),
      fromNpm(NPM_PEERS.browser, 'playwright-core'),
    ],
    judges: 'pages of reports: no error in a browser, no finding of axe or html-validate',
    needs: `${NPM}; Chromium: ${DEBIAN}`,
  },
  {
    place: 'pandas/',
    software: [PANDAS],
    judges: 'profiles of real tables, and catalogs that pandas appends to and reads',
    needs: `${PYTHON}; real tables: a folder ../shared/data beside the repository`,
  },
  {
    place: 'pandera/',
    software: [PANDERA, fromPip(PYTHON_PEERS.pandera, 'pandas'), fromPip(PYTHON_PEERS.pandera, 'pyarrow')],
    judges: 'schemas read and written, and the same failures of the same rows, random schemas among them',
    needs: PYTHON,
  },
  {
    place: 'peers.test.ts',
    software: [ofThisMachine('pip', 'python3', ['-m', 'pip', '--version']), ofThisMachine('npm', 'npm', ['--version'])],
    judges: 'that the versions asked for are those installed',
    needs: 'python3 with venv, PyPI, the registry of npm',
  },
  {
    place: 'polyglot/',
    software: [fromNpm(NPM_PEERS.polyglot, '@polyglot-sql/sdk')],
    judges: 'lineage of columns of SQL, and both against what changes in a real result',
    needs: NPM,
  },
  {
    place: 'python/',
    software: [ofThisMachine('Python', 'python3', ['--version'])],
    judges: 'regular expressions translated between Python and JavaScript',
    needs: 'python3',
  },
  {
    place: 'reference-profile.test.ts',
    software: [SCIPY, PANDAS, fromNpm(NPM_PEERS.pglite, '@electric-sql/pglite')],
    judges: 'drift against a kept profile, and profiles in PostgreSQL',
    needs: `${PYTHON}, ${NPM}`,
  },
  {
    place: 's3/',
    software: [MOTO],
    judges: 'remotes on S3: signatures, parts, versions, what is left of broken uploads',
    needs: PYTHON,
  },
  {
    place: 'scipy/',
    software: [SCIPY, fromPip(PYTHON_PEERS.mpmath, 'mpmath')],
    judges: 'every statistic, p-value and special function, on random samples',
    needs: PYTHON,
  },
  {
    place: 'series/',
    software: [fromPip(PYTHON_PEERS.series, 'ruptures'), fromPip(PYTHON_PEERS.series, 'pymannkendall')],
    judges: 'change points, trends and seasons of series',
    needs: PYTHON,
  },
  {
    place: 'seven/',
    software: [fromPip(PYTHON_PEERS.pandera, 'pandas'), PANDERA, SCIPY, DVC],
    judges:
      'the seven original scripts on their six files, step by step: sample size, verdicts, hash, catalog, lineage, age, drifted columns',
    needs: PYTHON,
  },
  {
    place: 'shells/',
    software: [fromDebian(DEB_PEERS.shells, 'zsh'), fromDebian(DEB_PEERS.shells, 'fish')],
    judges: 'completion in bash, zsh and fish',
    needs: DEBIAN,
  },
  {
    place: 'workflow.test.ts',
    software: [DVC],
    judges: 'a project that dayshift ran: clean to DVC, restored byte for byte',
    needs: PYTHON,
  },
  {
    place: 'zod/',
    software: ZODS.map((version) => fromNpm(NPM_PEERS.zod, `zod ${version}`, `zod-${version}`)),
    judges: 'compiled contracts: each cell judged as Zod itself judges it',
    needs: NPM,
  },
]

/**
 * @param file of tests, relative to `interop/`, with slashes
 * @returns nothing where nobody is told for it
 */
export function judgeOf(file: string): Judge | undefined {
  return JUDGES.find(({ place }) => (place.endsWith('/') ? file.startsWith(place) : file === place))
}

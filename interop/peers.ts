/** Versions of the software of others that tests are held against. */
export const VERSIONS = {
  axe: '4.14.1',
  /** It has the schemas of GitHub's workflows and of GitLab's pipelines. */
  checkJsonschema: '0.39.0',
  danfo: '1.2.0',
  datacontract: '1.2.8',
  /** The last whose installation fetches nothing but Python packages. */
  dbt: '1.11.2',
  dvc: '3.67.1',
  evidently: '0.7.21',
  frictionless: '5.21.0',
  htmlValidate: '10.17.0',
  moto: '5.1.18',
  mpmath: '1.4.1',
  openlineage: '1.54.0',
  pandas: '3.1.1',
  /** The last that Evidently works with. */
  pandas2: '2.3.3',
  pandera: '0.33.1',
  /** PostgreSQL itself, in WebAssembly. */
  pglite: '0.5.17',
  playwright: '1.65.1',
  polars: '2.1.0',
  polyglot: '0.12.1',
  pyarrow: '26.0.1',
  pymannkendall: '1.4.3',
  /** It decides how DVC quotes names. */
  ruamel: '0.19.1',
  ruptures: '1.1.10',
  scipy: '1.17.1',
  sklearn: '1.9.1',
  tensorflow: '4.22.0',
} as const

/** The versions of Zod: the first and the last patch of each minor that is supported, and what is newest on the day of the installation. */
export const ZODS = ['4.5.0', '4.5.4', '4.6.0', '4.6.7', 'newest'] as const

/** Packages that pip installs together. */
export interface PythonPeer {
  /** Of their environment, with the versions. */
  readonly name: string
  /** As pip takes them. */
  readonly requirements: readonly string[]
}

/** Packages that npm installs together. */
export interface NpmPeer {
  /** Of their folder, with the versions. */
  readonly name: string
  /** Their package.json. */
  readonly manifest: object
}

/** Packages of Debian that are unpacked together. */
export interface DebPeer {
  /** Of their folder. */
  readonly name: string
  readonly packages: readonly string[]
}

const {
  axe,
  checkJsonschema,
  danfo,
  datacontract,
  dbt,
  dvc,
  evidently,
  frictionless,
  htmlValidate,
  moto,
  mpmath,
  openlineage,
  pandas,
  pandas2,
  pandera,
  pglite,
  playwright,
  polars,
  polyglot,
  pyarrow,
  pymannkendall,
  ruamel,
  ruptures,
  scipy,
  sklearn,
  tensorflow,
} = VERSIONS

/** One environment for all that gets along: each has NumPy, and most have pandas, scipy or pyarrow. */
const SCIENCE = {
  name: `science-${[mpmath, pandas, pandera, polars, pyarrow, pymannkendall, ruptures, scipy, sklearn].join('-')}`,
  requirements: [
    `mpmath==${mpmath}`,
    `pandas==${pandas}`,
    `pandera[io]==${pandera}`,
    `polars==${polars}`,
    `pyarrow==${pyarrow}`,
    `pymannkendall==${pymannkendall}`,
    `ruptures==${ruptures}`,
    `scikit-learn==${sklearn}`,
    `scipy==${scipy}`,
    // What Pandera imports beside.
    'pytest',
    'hypothesis',
    'pytest-asyncio',
  ],
} as const satisfies PythonPeer

export const PYTHON_PEERS = {
  // With what it needs for S3: one environment does for all.
  dvc: { name: `dvc-s3-${dvc}`, requirements: [`dvc[s3]==${dvc}`, `ruamel.yaml==${ruamel}`] },
  ci: { name: `check-jsonschema-${checkJsonschema}`, requirements: [`check-jsonschema==${checkJsonschema}`] },
  dbt: { name: `dbt-core-${dbt}`, requirements: [`dbt-core==${dbt}`] },
  openlineage: { name: `openlineage-${openlineage}`, requirements: [`openlineage-python==${openlineage}`] },
  evidently: {
    name: `evidently-${evidently}`,
    requirements: [`evidently==${evidently}`, `scipy==${scipy}`, `pandas==${pandas2}`],
  },
  moto: { name: `moto-${moto}`, requirements: [`moto[server]==${moto}`] },
  formats: {
    name: `formats-${frictionless}-${datacontract}`,
    requirements: [`frictionless==${frictionless}`, `datacontract-cli==${datacontract}`],
  },
  arrow: SCIENCE,
  mpmath: SCIENCE,
  pandas: SCIENCE,
  pandera: SCIENCE,
  scipy: SCIENCE,
  series: SCIENCE,
  sklearn: SCIENCE,
} as const satisfies Readonly<Record<string, PythonPeer>>

export const NPM_PEERS = {
  browser: {
    name: `browser-${playwright}-${axe}-${htmlValidate}`,
    manifest: {
      private: true,
      type: 'module',
      dependencies: { 'playwright-core': playwright, 'axe-core': axe, 'html-validate': htmlValidate },
    },
  },
  danfo: {
    name: `danfojs-${danfo}`,
    manifest: {
      private: true,
      type: 'module',
      dependencies: { 'danfojs-node': danfo },
      // What it asks for comes from outside the registry (xlsx), or fetches a binary when it is installed (tfjs-node).
      overrides: { xlsx: 'npm:@e965/xlsx@0.20.3', '@tensorflow/tfjs-node': `npm:@tensorflow/tfjs@${tensorflow}` },
    },
  },
  pglite: {
    name: `pglite-${pglite}`,
    manifest: { private: true, type: 'module', dependencies: { '@electric-sql/pglite': pglite } },
  },
  polyglot: {
    name: `polyglot-sql-${polyglot}`,
    manifest: { private: true, type: 'module', dependencies: { '@polyglot-sql/sdk': polyglot } },
  },
  zod: {
    name: 'zod-versions',
    manifest: {
      private: true,
      dependencies: Object.fromEntries(
        ZODS.map((version) => [`zod-${version}`, `npm:zod@${version === 'newest' ? '^4.5.0' : version}`]),
      ),
    },
  },
} as const satisfies Readonly<Record<string, NpmPeer>>

/** Packages that are taken from Debian, without what they depend on. */
export const DEB_PEERS = {
  alertmanager: { name: 'alertmanager-debian', packages: ['prometheus-alertmanager'] },
  /** With the libraries of Debian 12 that a machine without a desktop lacks. */
  chromium: {
    name: 'chromium-debian',
    packages: [
      'chromium',
      'chromium-common',
      'libdouble-conversion3',
      'libogg0',
      'libflac12',
      'libharfbuzz-subset0',
      'libminizip1',
      'libopenh264-7',
      'libopenjp2-7',
      'libopus0',
      'libasyncns0',
      'libmp3lame0',
      'libmpg123-0',
      'libvorbis0a',
      'libvorbisenc2',
      'libsndfile1',
      'libpulse0',
      'libxnvctrl0',
      'libcolord2',
      'libepoxy0',
      'libwayland-cursor0',
      'libwayland-egl1',
      'libgtk-3-common',
      'libgtk-3-0',
    ],
  },
  nginx: { name: 'nginx-debian', packages: ['nginx'] },
  prometheus: { name: 'prometheus-debian', packages: ['prometheus'] },
  shells: { name: 'shells-debian', packages: ['zsh', 'zsh-common', 'fish', 'fish-common', 'libpcre2-32-0'] },
} as const satisfies Readonly<Record<string, DebPeer>>

import type { IniSections, IniValue } from './formats/ini.ts'

/** Says what is wrong with a setting's value; `undefined` where nothing is. */
type Check = (value: IniValue) => string | undefined

function check(what: string, holds: (value: string) => boolean): Check {
  return (value) => (typeof value === 'string' && holds(value) ? undefined : `is not ${what}`)
}

const text = check('a single text', () => true)
const bool = check('true or false', (value) => /^(?:true|false)$/i.test(value))
const integer = check('a whole number', (value) => /^\s*[-+]?\d+\s*$/.test(value))
const jobs = check('a whole number of at least 1', (value) => /^\s*\+?\d+\s*$/.test(value) && Number(value) >= 1)
const seconds = check('a number of seconds', (value) => value.trim() !== '' && Number(value) >= 0)
const oneOf = (...words: readonly string[]): Check =>
  check(`one of ${words.join(', ')}`, (value) => words.includes(value.toLowerCase()))
const linkTypes: Check = (value) => {
  const unknown = listOf(value).filter((type) => !['reflink', 'hardlink', 'symlink', 'copy'].includes(type))
  return unknown.length === 0 ? undefined : `has ${unknown.join(', ')}, which is no type of link`
}

/** A setting that is a list, whether it was written as one or as a text with commas. */
export function listOf(value: IniValue): string[] {
  return (typeof value === 'string' ? value.split(',') : value).map((item) => item.trim())
}

type Checks = Readonly<Record<string, Check>>

function all(keys: string, each: Check): Checks {
  return Object.fromEntries(keys.split(' ').map((key) => [key, each]))
}

const ANY_REMOTE = { url: text, checksum_jobs: jobs, jobs, ...all('worktree no_traverse version_aware', bool) }
const LOCAL = { type: linkTypes, shared: oneOf('group'), ...all('protected slow_link_warning verify', bool) }
const HTTP = {
  auth: oneOf('basic', 'digest', 'custom'),
  ...all('custom_auth_header user password ssl_verify method', text),
  ...all('connect_timeout read_timeout', seconds),
  ...all('ask_password verify', bool),
}
const WEBDAV = {
  ...all('user password token bearer_token_command custom_auth_header cert_path key_path ssl_verify', text),
  ...all('ask_password verify', bool),
  timeout: integer,
}

/** What a remote may say, by its URL's scheme. From DVC 3.67's `config_schema.py`. */
const REMOTES: Readonly<Record<string, Checks>> = {
  '': LOCAL,
  s3: {
    ...all('region profile credentialpath configpath endpointurl access_key_id secret_access_key session_token', text),
    ...all('ssl_verify sse sse_kms_key_id sse_customer_algorithm sse_customer_key acl', text),
    ...all('grant_read grant_read_acp grant_write_acp grant_full_control', text),
    ...all('listobjects use_ssl allow_anonymous_login verify', bool),
    ...all('read_timeout connect_timeout', integer),
  },
  gs: { ...all('projectname credentialpath endpointurl', text), ...all('verify allow_anonymous_login', bool) },
  ssh: {
    type: linkTypes,
    ...all('user password passphrase keyfile', text),
    ...all('port timeout max_sessions', integer),
    ...all('ask_password ask_passphrase gss_auth allow_agent verify', bool),
  },
  hdfs: all('user kerb_ticket', text),
  webhdfs: {
    ...all('kerberos_principal proxy_to ssl_verify token user password data_proxy_target', text),
    ...all('kerberos use_https verify', bool),
  },
  azure: {
    ...all('connection_string sas_token account_name account_key tenant_id client_id client_secret', text),
    ...all('allow_anonymous_login exclude_environment_credential exclude_visual_studio_code_credential', bool),
    ...all('exclude_shared_token_cache_credential exclude_managed_identity_credential verify', bool),
    ...all('timeout read_timeout connection_timeout', integer),
  },
  oss: { ...all('oss_key_id oss_key_secret oss_endpoint', text), verify: bool },
  gdrive: {
    ...all('profile gdrive_client_id gdrive_client_secret gdrive_user_credentials_file', text),
    ...all('gdrive_service_account_user_email gdrive_service_account_json_file_path', text),
    ...all('gdrive_use_service_account gdrive_trash_only gdrive_acknowledge_abuse verify', bool),
  },
  http: HTTP,
  https: HTTP,
  webdav: WEBDAV,
  webdavs: WEBDAV,
}

/** What the other sections may say. */
const SECTIONS: Readonly<Record<string, Checks>> = {
  core: {
    ...all('remote site_cache_dir machine', text),
    checksum_jobs: jobs,
    ...all('interactive analytics hardlink_lock no_scm autostage experiments check_update', bool),
  },
  cache: { ...all('dir local s3 gs hdfs webhdfs ssh azure', text), ...LOCAL },
  state: { dir: text, row_limit: jobs, row_cleanup_quota: integer },
  index: { dir: text },
  plots: { ...all('html_template out_dir', text), auto_open: bool },
  exp: { ...all('code data models metrics params plots live git_remote', text), auto_push: bool },
  parsing: { bool: oneOf('store_true', 'boolean_optional'), list: oneOf('nargs', 'append') },
  hydra: { enabled: bool, ...all('config_dir config_module config_name plugins_path', text) },
  studio: { ...all('token url repo_url', text), offline: bool },
}

const MACHINE: Checks = {
  cloud: oneOf('aws', 'azure'),
  region: oneOf('us-west', 'us-east', 'eu-west', 'eu-north'),
  ...all('image instance_type instance_gpu ssh_private startup_script setup_script', text),
  spot: bool,
  spot_price: seconds,
  instance_hdd_size: integer,
}

/** A problem of a setting, and whether its key or its value is to blame. */
export interface SettingProblem {
  /** As `dvc config` takes it: `remote.store.url`. */
  readonly name: string
  readonly kind: 'key' | 'value'
  readonly message: string
}

/** All that DVC 3 would refuse in the settings of all levels together. */
export function problemsOf(sections: IniSections): SettingProblem[] {
  return [...sections].flatMap(([section, keys]) => {
    const name = dotted(section)
    if (section === 'feature') return []
    const checks = checksFor(section, keys)
    if (typeof checks === 'string') return [{ name, kind: 'key' as const, message: checks }]
    return [...keys].flatMap(([key, value]): SettingProblem[] => {
      const known = checks === undefined || Object.hasOwn(checks, key)
      if (!known) return [{ name: `${name}.${key}`, kind: 'key', message: 'is a key that DVC does not know' }]
      const message = checks?.[key]?.(value)
      return message === undefined ? [] : [{ name: `${name}.${key}`, kind: 'value', message }]
    })
  })
}

/** The checks for a section; `undefined` where anything goes, a text where nothing does. */
function checksFor(section: string, keys: ReadonlyMap<string, IniValue>): Checks | undefined | string {
  const [, kind] = /^(remote|machine|db) "/.exec(section) ?? []
  if (kind === 'machine') return MACHINE
  if (kind === 'db') return all('url username password', text)
  if (kind === undefined) {
    return Object.hasOwn(SECTIONS, section) ? SECTIONS[section] : 'is a section that DVC does not know'
  }
  const url = keys.get('url')
  if (typeof url !== 'string') return 'has no url'
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(url) ?? []
  if (scheme.toLowerCase() === 'remote') return undefined
  const checks = REMOTES[scheme.toLowerCase()]
  return checks ? { ...ANY_REMOTE, ...checks } : `has a url of a kind that DVC does not know: ${scheme}://`
}

/** A section as `dvc config` names it: `remote.store`. */
export function dotted(section: string): string {
  return section.replace(/^(remote|machine|db) "(.*)"$/, '$1.$2')
}

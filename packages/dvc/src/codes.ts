import { coreErrors, errorsOf, type ErrorTable } from '@dayshift/core/ground'

/** The error codes of `@dayshift/dvc`; `docs/errors.md` lists them. */
export const dvcErrors = {
  DS_DVC_CALL: {
    kind: 'usage',
    meaning: 'A function of this package was called with something else than it takes.',
    hint: 'Give what its types say: lists of paths, and options with the folder to work in.',
  },
  DS_DVC_NOTHING: {
    kind: 'usage',
    meaning: 'No path was given.',
    hint: 'Name at least one file or directory.',
  },
  DS_DVC_PATH_MISSING: {
    kind: 'failed',
    meaning: 'A path to be versioned does not exist.',
    hint: 'Check the path; it is taken from the working directory unless it is absolute.',
  },
  DS_DVC_PATH_OUTSIDE: {
    kind: 'usage',
    meaning: 'A path lies outside of the DVC repository, or is its root or part of its own folders.',
    hint: 'Give a file or directory inside the repository.',
  },
  DS_DVC_PATH_SYMLINK: {
    kind: 'usage',
    meaning: 'A path leads through a symbolic link to a directory; DVC cannot track such data.',
    hint: 'Give the path that the link points to.',
  },
  DS_DVC_PATH_KIND: {
    kind: 'failed',
    meaning: 'Something is neither a file nor a directory: a broken link, a pipe, a socket or a device.',
    hint: 'Remove it, or name it in .dvcignore.',
  },
  DS_DVC_PATH_NAME: {
    kind: 'failed',
    meaning: 'A name cannot be written in DVC’s or git’s files.',
    hint: 'Rename the file.',
  },
  DS_DVC_PATH_IGNORED: {
    kind: 'failed',
    meaning: 'A path to be versioned is ignored by .dvcignore.',
    hint: 'Remove the pattern named from .dvcignore.',
  },
  DS_DVC_IGNORE_PATTERN: {
    kind: 'failed',
    meaning: 'A pattern in a .dvcignore file cannot be understood; DVC itself breaks off at it.',
    hint: 'Mend or remove the line named.',
  },
  DS_DVC_IGNORE_INSIDE: {
    kind: 'failed',
    meaning: 'A directory to be versioned holds a .dvcignore file; DVC refuses such a directory.',
    hint: 'Move its patterns to a .dvcignore above the directory.',
  },
  DS_DVC_NESTED: {
    kind: 'failed',
    meaning: 'A directory to be versioned is a DVC repository itself.',
    hint: 'Version the data inside of that repository.',
  },
  DS_DVC_OVERLAP: {
    kind: 'failed',
    meaning: 'A path lies within data that is tracked already, or holds such data, or is made by a pipeline stage.',
    hint: 'Version the data that is tracked, or stop tracking it with `dayshift dvc remove`.',
  },
  DS_DVC_GIT_TRACKED: {
    kind: 'failed',
    meaning: 'The data is tracked by git, so DVC cannot track it too.',
    hint: 'Stop tracking it with `git rm -r --cached`, commit, and run it again.',
  },
  DS_DVC_FILE_MALFORMED: {
    kind: 'failed',
    meaning: 'A .dvc file is not what DVC writes.',
    hint: 'Restore it from git: git checkout -- FILE.',
  },
  DS_DVC_FILE_UNSUPPORTED: {
    kind: 'failed',
    meaning: 'A .dvc file is of a kind that this version does not write: an import, several outs, DVC 2, frozen …',
    hint: 'Use `dvc add` or `dvc commit` of the real DVC for this one; it was not changed.',
  },
  DS_DVC_FILE_IGNORED: {
    kind: 'failed',
    meaning: 'The .dvc file would be ignored by git or by .dvcignore.',
    hint: 'Remove the pattern that ignores it, or keep the data outside of ignored folders.',
  },
  DS_DVC_CHANGED: {
    kind: 'failed',
    meaning: 'A file changed while it was being read.',
    hint: 'Wait until nothing writes to it, and run it again.',
  },
  DS_DVC_UNREADABLE: {
    kind: 'failed',
    meaning: 'A file exists, but cannot be read.',
    hint: 'Check the permissions of the file and of its folders.',
  },
  DS_DVC_WRITE: {
    kind: 'failed',
    meaning: 'A file could not be written. What was there before is unchanged.',
    hint: 'Check that the folder may be written and has room, and run it again.',
  },
  DS_DVC_EXISTS: {
    kind: 'usage',
    meaning: 'Something is in the way of what should be written.',
    hint: 'Move it, or choose another place.',
  },
  DS_DVC_REPO_MISSING: {
    kind: 'usage',
    meaning: 'There is no DVC repository here or above.',
    hint: 'Run it inside of a DVC repository, or make one with `dayshift dvc init`.',
  },
  DS_DVC_CONFIG: {
    kind: 'failed',
    meaning: 'A DVC config file cannot be read.',
    hint: 'Mend the line named, or restore the file from git.',
  },
  DS_DVC_CONFIG_NAME: {
    kind: 'usage',
    meaning: 'A setting is none that DVC knows, or is not there.',
    hint: 'Check the name: section.key, or remote.NAME.key; nothing was written.',
  },
  DS_DVC_CONFIG_VALUE: {
    kind: 'usage',
    meaning: 'DVC would not take such a value for a setting.',
    hint: 'Give another value; nothing was written.',
  },
  DS_DVC_SECRET: {
    kind: 'usage',
    meaning:
      'A secret would stand in .dvc/config or a .dvc file, which git records and everybody who has the repository reads.',
    hint: 'Set it with --local: then it stands in .dvc/config.local, which git ignores. Nothing was written.',
  },
  DS_DVC_VERSION_UNKNOWN: {
    kind: 'failed',
    meaning: 'A path has no such version: it is not tracked, not at that revision, or the hash is none.',
    hint: 'Name a git revision or tag that holds the .dvc file, or a hash as md5:….',
  },
  DS_DVC_OBJECT_MISSING: {
    kind: 'failed',
    meaning: 'The data of a version is not in the cache.',
    hint: 'Get it from a remote with `dayshift dvc pull` or `dayshift dvc fetch`.',
  },
  DS_DVC_OBJECT_CORRUPT: {
    kind: 'failed',
    meaning: 'An object in the cache is not what its name says.',
    hint: 'Delete the object named, and get it again with `dayshift dvc fetch` or by versioning the data.',
  },
  DS_DVC_TARGET: {
    kind: 'failed',
    meaning: 'A target is nothing that DVC tracks here.',
    hint: 'Give a tracked path, a .dvc file or a stage; `dayshift dvc list -R --dvc-only .` names them.',
  },
  DS_DVC_SCOPE: {
    kind: 'usage',
    meaning: 'What is to be kept is not said, or not in a way that makes sense.',
    hint: 'Say at least --workspace; others are --all-branches, --all-tags, --all-commits, --rev and --date.',
  },
  DS_DVC_UNSAVED: {
    kind: 'failed',
    meaning: 'Work would overwrite or remove data that no version holds.',
    hint: 'Record the data with `dayshift version` or `dayshift dvc commit`, or give it up with --force.',
  },
  DS_DVC_UNCOMMITTED: {
    kind: 'failed',
    meaning: 'Data differs from its record, and nobody said that the record shall follow.',
    hint: 'Record it with --force, or bring the recorded data back with `dayshift dvc checkout`.',
  },
  DS_REMOTE_UNKNOWN: {
    kind: 'usage',
    meaning: 'No remote was named and none is the default, or there is none of that name.',
    hint: 'List them with `dayshift dvc remote list`; add one with `dayshift dvc remote add -d NAME URL`.',
  },
  DS_REMOTE_UNSUPPORTED: {
    kind: 'usage',
    meaning: 'A remote is of a kind that this version does not speak to, or cannot do what was asked.',
    hint: 'Local folders, s3:// and http(s):// are there; DVC itself speaks to the others.',
  },
  DS_REMOTE_PACKAGE: {
    kind: 'failed',
    meaning: 'The package that speaks to such a remote is not installed.',
    hint: 'Install it: npm install @aws-sdk/client-s3',
  },
  DS_REMOTE_DENIED: {
    kind: 'failed',
    meaning: 'A remote lets nobody in with these credentials, or not to do this.',
    hint: 'Check the credentials and what they allow; what was transferred before is kept.',
  },
  DS_REMOTE_FAILED: {
    kind: 'failed',
    meaning: 'A remote could not be reached, or did not do what it was asked, also when asked again.',
    hint: 'Check the address and the network, and run it again: what was transferred before is kept.',
  },
  DS_GIT_MISSING: {
    kind: 'failed',
    meaning: 'The git program could not be started.',
    hint: 'Install git, or work without it: --no-scm (in code noScm).',
  },
  DS_GIT_NO_REPO: {
    kind: 'usage',
    meaning: 'The folder is in no git repository, and DVC needs one unless it is told to do without.',
    hint: 'Run `git init` first, or work without git: --no-scm (in code noScm).',
  },
  DS_GIT_REVISION: {
    kind: 'failed',
    meaning: 'Git knows no such revision or tag.',
    hint: 'List them with `git tag` and `git log --oneline`.',
  },
  DS_GIT_ADDRESS: {
    kind: 'usage',
    meaning: 'What should be another repository is neither a folder nor an address that git may be given.',
    hint: 'Name a folder, or an address that begins with https://, ssh:// or file://, or is like git@host:path.',
  },
  DS_GIT_REMOTE: {
    kind: 'failed',
    meaning: 'Another git repository could not be reached or read.',
    hint: 'Check the address, the network, and that git itself gets in without asking: git ls-remote ADDRESS.',
  },
  DS_GIT_TAG: {
    kind: 'usage',
    meaning: 'A tag cannot be set: its name is bad or taken, or there is no commit to put it on.',
    hint: 'Choose another name; `git tag` lists those that are taken.',
  },
  DS_TAG_NAME: {
    kind: 'usage',
    meaning: 'A name, version or stage is none that GTO’s tags can hold.',
    hint: 'Use letters, digits, - _ / for names, v1.2.3 for versions.',
  },
  DS_TAG_STATE: {
    kind: 'failed',
    meaning: 'A tag would say what is so already, or what cannot be.',
    hint: 'Read what the tags say now with `dayshift dvc tag`.',
  },
  DS_GIT_FAILED: {
    kind: 'failed',
    meaning: 'A git command failed.',
    hint: 'Read git’s own message; the data is in the cache and its .dvc file is written.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...dvcErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)

// Our side of bench/dvc.mjs and bench/dvc-remotes.mjs: one verb in one process.
// node bench/dvc-ours.mjs VERB WORD…
const dvc = await import(new URL('../packages/dvc/dist/index.js', import.meta.url).href)
const { add, checkout, fetch, findRepo, pull, push, remoteStatus, status } = dvc

const [verb, ...words] = process.argv.slice(2)
const options = { cwd: process.cwd() }

if (verb === 'root') await findRepo(options.cwd)
else if (verb === 'add') await add(words, options)
else if (verb === 'checkout') await checkout(words, options)
else if (verb === 'push') needAll((await push(words, options)).isComplete)
else if (verb === 'fetch') needAll((await fetch(words, options)).isComplete)
else if (verb === 'pull') needAll((await pull(words, options)).isComplete)
else if (verb === 'status' && words[0] === '-c') {
  const { states } = await remoteStatus([], options)
  if (Object.keys(states).length > 0) throw new Error('not in sync')
} else if (verb === 'status') {
  const changes = await status(words, options)
  if (Object.keys(changes).length > 0) throw new Error(`not clean: ${JSON.stringify(changes)}`)
} else throw new Error(`there is no verb ${verb}`)

function needAll(isComplete) {
  if (!isComplete) throw new Error('not complete')
}

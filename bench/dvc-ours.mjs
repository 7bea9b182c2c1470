// Our side of bench/dvc.mjs: one verb in one process.
// node bench/dvc-ours.mjs VERB WORD…
const { add, checkout, findRepo, status } = await import(new URL('../packages/dvc/dist/index.js', import.meta.url).href)

const [verb, ...words] = process.argv.slice(2)
const options = { cwd: process.cwd() }

if (verb === 'root') await findRepo(options.cwd)
else if (verb === 'add') await add(words, options)
else if (verb === 'checkout') await checkout(words, options)
else if (verb === 'status') {
  const changes = await status(words, options)
  if (Object.keys(changes).length > 0) throw new Error(`not clean: ${JSON.stringify(changes)}`)
} else throw new Error(`there is no verb ${verb}`)

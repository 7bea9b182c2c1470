import { parseSync, type Expression, type ObjectExpression, type Program } from 'oxc-parser'

/**
 * Says in which line of a project file each problem is.
 *
 * @param text the project file's
 * @param problems as `datasets.orders.drift.refrence: no such key`: they begin with their place
 * @returns a line for each, counted from 1; that of the innermost part of the place that is written in this file. Undefined
 *   where the file does not write its project as an object
 */
export function linesOfProblems(file: string, text: string, problems: readonly string[]): (number | undefined)[] {
  const isJson = file.endsWith('.json')
  // JSON is an expression; the bracket before it moves no line.
  const source = isJson ? `(${text}\n)` : text
  const { program } = parseSync(isJson ? 'project.js' : file, source, { lang: isJson ? 'js' : 'ts' })
  const root = isJson ? expressionStatement(program) : defaultExport(program)
  const project = root && projectObject(root, program)
  return problems.map((problem) => {
    if (!project) return undefined
    const start = startOf(project, problem, program) ?? project.start
    return source.slice(0, start).split('\n').length
  })
}

function expressionStatement({ body: [first] }: Program): Expression | undefined {
  return first?.type === 'ExpressionStatement' ? first.expression : undefined
}

function defaultExport({ body }: Program): Expression | undefined {
  const found = body.find((node) => node.type === 'ExportDefaultDeclaration')?.declaration
  return found as Expression | undefined
}

/** The object that an expression stands for: that of a call (`defineProject({ … })`), of a constant, without casts. */
function projectObject(expression: Expression, program: Program): ObjectExpression | undefined {
  switch (expression.type) {
    case 'ObjectExpression':
      return expression
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return projectObject(expression.expression, program)
    case 'CallExpression': {
      const [first] = expression.arguments
      return first && first.type !== 'SpreadElement' ? projectObject(first, program) : undefined
    }
    case 'Identifier': {
      const constant = constantOf(expression.name, program)
      return constant && projectObject(constant, program)
    }
    default:
      return undefined
  }
}

function constantOf(name: string, { body }: Program): Expression | undefined {
  for (const node of body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (declaration?.type !== 'VariableDeclaration') continue
    const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
    if (found?.init) return found.init
  }
  return undefined
}

/** Where the innermost key of a place begins. Keys may hold dots themselves: what is written in the file decides. */
function startOf(object: ObjectExpression, place: string, program: Program): number | undefined {
  for (const property of object.properties) {
    if (property.type !== 'Property') continue
    const { key, value, start } = property
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined
    if (name === undefined || !place.startsWith(name) || !/^[.:]|^$/.test(place.slice(name.length))) continue
    const rest = place.slice(name.length + 1)
    const inner = place[name.length] === '.' ? innerStart(value, rest, program) : undefined
    return inner ?? start
  }
  return undefined
}

function innerStart(value: Expression, rest: string, program: Program): number | undefined {
  if (value.type !== 'ArrayExpression') {
    const object = projectObject(value, program)
    return object && startOf(object, rest, program)
  }
  const [index = ''] = /^\d+/.exec(rest) ?? []
  const element = value.elements[Number(index)]
  if (index === '' || !element || element.type === 'SpreadElement') return undefined
  return innerStart(element, rest.slice(index.length + 1), program) ?? element.start
}

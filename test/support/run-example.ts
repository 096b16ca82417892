import ts from 'typescript'
import type { Example } from './examples.ts'
import { difference, isValue } from './expected.ts'

type Check = (shown: string, value: () => unknown) => Promise<void>
type Load = (specifier: string) => Promise<unknown>

const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: string[]
) => (load: Load, check: Check) => Promise<void>

/**
 * Runs an example and returns the differences from the values its comments show: `expression // → value` or
 * `const name = … // → value`, on the same line or a line of its own below. Without the arrow, a comment that is
 * a value counts too. `console.log(expression) // → value` speaks of the expression.
 */
export async function runExample({ code }: Example): Promise<string[]> {
  const found: string[] = []
  const check: Check = async (shown, value) => {
    const error = /^throws (\w+)$/.exec(shown)
    const problem = error ? await missingError(value, error[1] ?? '') : difference(await value(), shown)
    if (problem !== undefined) found.push(`${problem} (shown: ${shown})`)
  }
  const body = ts.transpileModule(instrument(code), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  await new AsyncFunction('__load', '__check', body.outputText)((specifier) => import(specifier), check)
  return found
}

async function missingError(value: () => unknown, name: string): Promise<string | undefined> {
  try {
    await value()
    return `no ${name} was thrown`
  } catch (error) {
    return error instanceof Error && error.name === name ? undefined : `${String(error)} was thrown`
  }
}

/** How many values the comments of an example show. */
export function shownValues(code: string): number {
  const file = parse(code)
  return file.statements.filter((statement) => shownAfter(file, statement) !== undefined).length
}

/** The example as the body of a function: imports become loads, shown values become checks. */
function instrument(code: string): string {
  const file = parse(code)
  return file.statements
    .map((statement) => {
      if (ts.isImportDeclaration(statement)) return loading(file, statement)
      const shown = shownAfter(file, statement)
      const text = statement.getText(file)
      if (shown === undefined) return text
      const subject = subjectOf(file, statement)
      const check = `await __check(${JSON.stringify(shown)}, async () => (${subject}))`
      return ts.isExpressionStatement(statement) ? check : `${text}\n${check}`
    })
    .join('\n;')
}

function parse(code: string): ts.SourceFile {
  return ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true)
}

function loading(file: ts.SourceFile, { importClause, moduleSpecifier }: ts.ImportDeclaration): string {
  const load = `await __load(${moduleSpecifier.getText(file)})`
  if (importClause === undefined) return load
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return ''
  const { name, namedBindings } = importClause
  const lines = name ? [`const { default: ${name.text} } = ${load}`] : []
  if (namedBindings && ts.isNamespaceImport(namedBindings)) lines.push(`const ${namedBindings.name.text} = ${load}`)
  if (namedBindings && ts.isNamedImports(namedBindings)) {
    const names = namedBindings.elements
      .filter((element) => !element.isTypeOnly)
      .map((element) =>
        element.propertyName ? `${element.propertyName.text}: ${element.name.text}` : element.name.text,
      )
    lines.push(`const { ${names.join(', ')} } = ${load}`)
  }
  return lines.join('\n')
}

/** What the comment after a statement shows, if it shows a value. */
function shownAfter(file: ts.SourceFile, statement: ts.Statement): string | undefined {
  const sameLine = ts.getTrailingCommentRanges(file.text, statement.end) ?? []
  const below = ts.getLeadingCommentRanges(file.text, sameLine.at(-1)?.end ?? statement.end) ?? []
  for (const [i, range] of [...sameLine, ...below].entries()) {
    const text = file.text.slice(range.pos, range.end).replace(/^\/\/\s*/, '')
    if (text.startsWith('→')) return text.slice(1).trim()
    if (i < sameLine.length && isValue(text.trim())) return text.trim()
  }
  return undefined
}

function subjectOf(file: ts.SourceFile, statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    const name = statement.declarationList.declarations[0]?.name.getText(file) ?? ''
    return name.startsWith('{') ? `(${name})` : name
  }
  if (!ts.isExpressionStatement(statement)) return statement.getText(file)
  const { expression } = statement
  const isLog = ts.isCallExpression(expression) && expression.expression.getText(file) === 'console.log'
  return (isLog && expression.arguments[0]?.getText(file)) || expression.getText(file)
}

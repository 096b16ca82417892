import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A source file; its path is relative to the repository and written with slashes on every system. */
export interface Source {
  path: string
  text: string
}

export function sourcesBelow(folder: string): Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((file) => ({ path: relative(root, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }))
}

export function packageNames(): string[] {
  return readdirSync(join(root, 'packages')).sort()
}

/** What a file imports, in every form the language has: import, export from, import(), import type. */
export function importsOf({ path, text }: Source): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022))
  return found
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0]
  return undefined
}

/** Whether a file does nothing but pass on what other files export. */
export function onlyReexports({ path, text }: Source): boolean {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
  return statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined)
}

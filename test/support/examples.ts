import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root, sourcesBelow } from './imports.ts'

/** A piece of code from the documentation, with the place to look for it. */
export interface Example {
  where: string
  code: string
}

/** The `@example` of every docstring below a folder, with or without a fence around it. */
export function docstringExamples(folder: string): Example[] {
  return sourcesBelow(folder).flatMap(({ path, text }) => {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
    const found = new Map<number, Example>()
    const visit = (node: ts.Node): void => {
      for (const tag of ts.getJSDocTags(node)) {
        if (tag.tagName.text !== 'example') continue
        // The comment as written: the compiler's own text of a tag loses indentation.
        const written = text.slice(tag.tagName.end, tag.end).replace(/\s*\*+\/$/, '')
        const lines = written.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
        const code = lines.join('\n').replace(/```\w*\n?/g, '')
        const line = file.getLineAndCharacterOfPosition(tag.pos).line + 1
        found.set(tag.pos, { where: `${path}:${line}`, code: `${code.trim()}\n` })
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    return [...found.values()]
  })
}

/** The fenced ```ts blocks of a text that begin with an import; ```ts fragment never runs. */
export function fencedExamples(path: string, text: string): Example[] {
  return [...text.matchAll(/^```ts[ \t]*\n(.*?)^```/gms)]
    .map((match) => ({
      where: `${path}:${text.slice(0, match.index).split('\n').length}`,
      code: match[1] ?? '',
    }))
    .filter(({ code }) => /^\s*import\b/.test(code))
}

/** README.md and docs/*.md, as far as they are there. */
export function pages(): { path: string; text: string }[] {
  const docs = join(root, 'docs')
  const names = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : []
  return ['README.md', ...names.sort().map((name) => `docs/${name}`)]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

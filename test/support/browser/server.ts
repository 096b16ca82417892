/** The built library and the tests' own pages over http, on a port of its own. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import ts from 'typescript'
import { root } from '../imports.ts'

/** What is served, and from where. */
const folders: Record<string, string> = {
  '/onesum/': 'packages/onesum/dist/',
  '/test/support/': 'test/support/',
  '/packages/onesum/test/support/': 'packages/onesum/test/support/',
}

const page = `<!doctype html><title>onesum</title><link rel="icon" href="data:,">
<script type="module" src="/test/support/browser/page.ts"></script>`

export interface PageServer {
  readonly origin: string
  close(): Promise<void>
}

/** Every answer has the given headers. */
export async function serve(headers: Record<string, string> = {}): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const found = await contents(pathname)
    const type = found === undefined ? 'text/plain' : pathname === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(found === undefined ? 404 : 200, { ...headers, 'Content-Type': `${type}; charset=utf-8` })
    response.end(found ?? 'not found')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

async function contents(pathname: string): Promise<string | undefined> {
  if (pathname === '/') return page
  const prefix = Object.keys(folders).find((start) => pathname.startsWith(start))
  if (prefix === undefined || normalize(pathname) !== pathname) return undefined
  const text = await readFile(join(root, folders[prefix], pathname.slice(prefix.length)), 'utf8').catch(() => undefined)
  return text !== undefined && pathname.endsWith('.ts') ? withoutTypes(text) : text
}

const stripped = new Map<string, string>()

/** A page takes a module for what the server says it is, whatever its name ends in. */
function withoutTypes(source: string): string {
  const before = stripped.get(source)
  if (before !== undefined) return before
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  const { outputText } = ts.transpileModule(source, { compilerOptions })
  stripped.set(source, outputText)
  return outputText
}

import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, onlyReexports, packageNames, root, type Source, sourcesBelow } from './support/imports.ts'
import { allowed, beside, layers, roomOf, violations } from './support/layers.ts'

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  exports?: Record<string, string | Record<string, string>>
  imports?: Record<string, string | Record<string, string>>
}

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]))

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const sourceFolders = [...packageNames().map((name) => `packages/${name}/src`), 'site/src']

describe('the layers', () => {
  it.each(sourceFolders)('hold in every import of %s', (folder) => {
    const sources = sourcesBelow(folder)
    expect(sources.length).toBeGreaterThan(0)
    expect(sources.flatMap(violations)).toEqual([])
  })

  it('name each room once', () => {
    const rooms = [...layers.flat(), ...Object.keys(beside)]
    expect(rooms).toEqual([...new Set(rooms)])
  })

  it('are the order of every pair of rooms: of two, at most one imports the other', () => {
    const rooms = [...layers.flat(), ...Object.keys(beside)]
    const mutual = rooms.filter((a) => rooms.some((b) => allowed(a)?.includes(b) && allowed(b)?.includes(a)))
    expect(mutual).toEqual([])
  })
})

describe('the check of the layers', () => {
  const at = (path: string, text: string): Source => ({ path: `packages/${path}`, text })

  it.each([
    ['a file', 'onesum/src/check.ts', 'check'],
    ['a folder', 'onesum/src/kernels/js/softmax.ts', 'kernels'],
    ['another package', 'io/src/node/index.ts', 'io'],
  ])('knows the room of %s', (_, path, room) => {
    expect(roomOf(`packages/${path}`)).toBe(room)
  })

  it('holds the page to the packages, by their names', () => {
    const page = (text: string): Source => ({ path: 'site/src/forward/index.tsx', text })
    expect(violations(page(`import 'onesum/metrics'; import '@onesum/report'; import '../page/code.tsx'`))).toEqual([])
    expect(violations(page(`import '@onesum/cli'`))).toHaveLength(1)
    expect(violations(page(`import '../../../packages/io/src/index.ts'`))).toHaveLength(1)
  })

  it('finds an import of a later layer in every form', () => {
    const forms = [
      `import { a } from '../losses/a.ts'`,
      `import type { A } from '../losses/a.ts'`,
      `import '../losses/a.ts'`,
      `export * from '../losses/a.ts'`,
      `export { a } from '../losses/a.ts'`,
      `const a = await import('../losses/a.ts')`,
      `type A = import('../losses/a.ts').A`,
    ]
    for (const form of forms) {
      expect(violations(at('onesum/src/rows/x.ts', form))).toEqual([
        'packages/onesum/src/rows/x.ts (rows) imports ../losses/a.ts (losses)',
      ])
    }
  })

  it('finds an import between rooms of one layer, of the entry, and of the worker pool', () => {
    const text = `import '../reductions/a.ts'; import '../index.ts'; import '../threads/pool.ts'; import 'onesum'`
    const found = violations(at('onesum/src/activations/x.ts', text))
    expect(found.map((line) => line.slice(line.indexOf('imports')))).toEqual([
      'imports ../reductions/a.ts (reductions)',
      'imports ../index.ts (index)',
      'imports ../threads/pool.ts (threads)',
      'imports onesum (onesum)',
    ])
  })

  it('finds a path that leaves the package, and a package of a later layer', () => {
    expect(violations(at('io/src/x.ts', `import '../../onesum/src/check.ts'`))).toHaveLength(1)
    expect(violations(at('io/src/x.ts', `import '../test/x.ts'`))).toHaveLength(1)
    expect(violations(at('io/src/x.ts', `import '@onesum/cli'`))).toHaveLength(1)
  })

  it('finds a room that no layer names', () => {
    expect(violations(at('onesum/src/utils.ts', ''))).toEqual([
      'packages/onesum/src/utils.ts: the room "utils" has no layer',
    ])
  })

  it('lets a file import from its own room and from earlier ones', () => {
    const text = `import './y.ts'; import '../rows/a.ts'; import '../check.ts'; // import '../losses/a.ts'`
    expect(violations(at('onesum/src/kernels/x.ts', text))).toEqual([])
    expect(violations(at('cli/src/x.ts', `import 'onesum'; import 'onesum/metrics'; import '@onesum/io'`))).toEqual([])
  })
})

describe('the packages', () => {
  it.each(packageNames())('%s imports nothing that its package.json does not name', (name) => {
    const { name: own, dependencies = {}, imports = {} } = manifestOf(name)
    const known = new Set([own, ...Object.keys(dependencies)])
    const isKnown = (specifier: string): boolean =>
      specifier.startsWith('.') || builtins.has(specifier) || known.has(packageOf(specifier))
    // A subpath import (#name) stands for whichever package its conditions choose.
    const isMapped = (specifier: string): boolean =>
      Object.hasOwn(imports, specifier) &&
      Object.values(Object(imports[specifier]))
        .flat()
        .every((to) => isKnown(`${to}`))
    const unknown = sourcesBelow(`packages/${name}/src`).flatMap((source) =>
      importsOf(source)
        .filter((specifier) => !isKnown(specifier) && !isMapped(specifier))
        .map((specifier) => `${source.path} imports ${specifier}`),
    )
    expect(unknown).toEqual([])
  })

  it('onesum has no dependencies and imports nothing but itself', () => {
    const fields = Object.keys(manifestOf('onesum')).filter((field) => /dependencies$/i.test(field))
    expect(fields).toEqual([])
    const outside = sourcesBelow('packages/onesum/src')
      .flatMap(importsOf)
      .filter((to) => !to.startsWith('.'))
    expect(outside).toEqual([])
  })

  it('onesum has entries that only pass on what the rooms export', () => {
    const entries = Object.values(manifestOf('onesum').exports ?? {})
      .flatMap((target) => (typeof target === 'string' ? [] : [target['onesum-source'] ?? '']))
      .map((path) => path.replace('./', 'packages/onesum/'))
    expect(entries).toContain('packages/onesum/src/index.ts')
    const sources = sourcesBelow('packages/onesum/src').filter(({ path }) => entries.includes(path))
    expect(sources.map(({ path }) => path).sort()).toEqual(entries.sort())
    expect(sources.filter((source) => !onlyReexports(source)).map(({ path }) => path)).toEqual([])
  })

  it('an entry with code of its own is noticed', () => {
    expect(onlyReexports({ path: 'index.ts', text: `export * from './a.ts'\nexport type { B } from './b.ts'` })).toBe(
      true,
    )
    expect(onlyReexports({ path: 'index.ts', text: `export * from './a.ts'\nexport const b = 1` })).toBe(false)
  })

  it('io touches Node only below src/node, charts and report nowhere', () => {
    const touching = ['io', 'charts', 'report']
      .flatMap((name) => sourcesBelow(`packages/${name}/src`))
      .filter(({ path }) => !path.startsWith('packages/io/src/node/'))
      .flatMap((source) => importsOf(source).map((specifier) => [source.path, specifier]))
      .filter(([, specifier]) => builtins.has(specifier ?? ''))
    expect(touching).toEqual([])
  })
})

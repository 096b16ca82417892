import { dirname, join, normalize, sep } from 'node:path'
import { importsOf, type Source } from './imports.ts'

/**
 * The layer rule. A room is a file or a folder of packages/onesum/src, or another package as a whole. It imports
 * from itself and from the rooms of earlier lines; rooms of one line do not know each other.
 */
export const layers = [
  ['check', 'random'],
  ['rows'],
  ['kernels'],
  ['activations', 'reductions', 'losses'],
  ['metrics', 'optimize'],
  ['calibration', 'sampling'],
  ['classifier'],
  ['io', 'charts'],
  ['report'],
  ['cli', 'site'],
]

/** Rooms beside the layers: what they may import, while nothing imports them. */
export const beside: Record<string, readonly string[]> = {
  // The worker pool registers itself with the kernels, so that the default entry holds no worker code.
  threads: ['check', 'random', 'rows', 'kernels'],
  // The entry passes on what the rooms export.
  index: layers.slice(0, 7).flat(),
}

/** The packages by their names in import statements. */
const packages: Record<string, string> = {
  onesum: 'onesum',
  '@onesum/io': 'io',
  '@onesum/charts': 'charts',
  '@onesum/report': 'report',
  '@onesum/cli': 'cli',
}

/** The room of a path such as packages/onesum/src/rows/mask.ts (rows) or packages/io/src/npy.ts (io). */
export function roomOf(path: string): string {
  const [folder, name, ...rest] = path.split('/')
  if (folder === 'site') return 'site'
  if (folder !== 'packages' || name === undefined) return path
  return name === 'onesum' ? (rest[1] ?? '').replace(/\.ts$/, '') : name
}

/** What the room may import besides itself, or nothing when the table does not know the room. */
export function allowed(room: string): readonly string[] | undefined {
  const layer = layers.findIndex((rooms) => rooms.includes(room))
  return beside[room] ?? (layer < 0 ? undefined : layers.slice(0, layer).flat())
}

/** One sentence for each import that breaks the rule. */
export function violations(source: Source): string[] {
  const room = roomOf(source.path)
  const may = allowed(room)
  if (may === undefined) return [`${source.path}: the room "${room}" has no layer`]
  return importsOf(source).flatMap((specifier) => {
    const target = targetRoom(source.path, specifier)
    if (target === undefined || target === room || may.includes(target)) return []
    return [`${source.path} (${room}) imports ${specifier} (${target})`]
  })
}

/** The room an import leads to; nothing for packages from outside this repository. */
function targetRoom(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(path), specifier))
      .split(sep)
      .join('/')
    const home = path.split('/').slice(0, path.startsWith('packages/') ? 3 : 1)
    // Other packages are reached by their names: a relative path out of src/ would not exist once published.
    return target.startsWith(`${home.join('/')}/`) ? roomOf(target) : target
  }
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1)
  const target = packages[name.join('/')]
  if (target !== 'onesum') return target
  // From another package, the library is one of the entries it publishes.
  return path.startsWith('packages/onesum/') ? specifier : layers[0]?.[0]
}

/** Instances of kernels, compiled at first use: at once where that is allowed, else in the background. */
import { type Engine, SCRATCH } from './engine.ts'
import { decode, type Exports, type Family, families, type Variant } from './family.ts'

/** What compiles in the background. */
const pending: Promise<unknown>[] = []

/** The exports of a family in a variant; undefined where the engine will not have it, or not yet. */
export function instance(family: Family, running: Engine, variant: Variant): Exports | undefined {
  if (family.loaded?.of !== running) {
    family.loaded = running.loaded.get(family) ?? { of: running, exports: new Map() }
    running.loaded.set(family, family.loaded)
  }
  const { exports } = family.loaded
  if (!exports.has(variant)) {
    exports.set(
      variant,
      instantiate(family.code[variant], running, (later) => exports.set(variant, later)),
    )
  }
  return exports.get(variant)
}

/** Compiles at once where that is allowed, else in the background: the JS path answers until it is done. */
function instantiate(code: string, { memory, pool }: Engine, done: (exports: Exports) => void): Exports | undefined {
  const bytes = pool ? pool.module(decode(code)) : decode(code)
  const imports = { env: { memory: memory as WebAssembly.Memory, scratch: SCRATCH } }
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as unknown as Exports
  } catch {
    const later = WebAssembly.instantiate(bytes, imports).then(
      ({ instance }) => done(instance.exports as unknown as Exports),
      () => undefined,
    )
    pending.push(later)
    return undefined
  }
}

/** Waits until every family compiles at once, or is compiled. */
export async function compiled(running: Engine): Promise<void> {
  // where one compiles at once there is nothing to wait for
  families.every((each) => instance(each, running, running.variant) === undefined)
  while (pending.length > 0) await Promise.all(pending.splice(0))
}

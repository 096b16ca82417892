import { availableParallelism, cpus, loadavg } from 'node:os'

/**
 * Where and with what the numbers were measured.
 * @param {Awaited<ReturnType<typeof import('./peers.mjs').loadPeers>>} peers
 */
export function machine({ loaded, notes }) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    load: loadavg()[0],
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    date: new Date().toISOString(),
    versions: Object.assign({}, ...loaded.map(({ versions }) => versions)),
    notes,
  }
}

/** @param {ReturnType<typeof machine>} about */
export function machineText({ cpu, cores, load, platform, node, v8, date, versions, notes }) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const busy = load > 0.5 ? ', which was busy with other work: its times are longer and less certain' : ''
  return [
    `Node ${node} (V8 ${v8}) on ${cpu}, ${cores} cores, ${platform}, ${date.slice(0, 10)}, load ${load.toFixed(1)}${busy}`,
    `${list.join(', ')}; every peer on one thread, float32`,
    ...notes.map((note) => `note: ${note}`),
  ].join('\n')
}

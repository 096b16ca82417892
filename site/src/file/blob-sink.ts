/** A sink whose bytes become a Blob, which a browser may keep on its disk. */
import type { Sink } from '@onesum/io'

export function blobSink(name: string): Sink & { blob(): Blob } {
  let parts: Blob[] = []
  return {
    name,
    async write(bytes) {
      parts.push(new Blob([bytes.slice()]))
    },
    async commit() {},
    async abort() {
      parts = []
    },
    blob: () => new Blob(parts, { type: 'application/octet-stream' }),
  }
}

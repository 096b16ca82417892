/** Writes the service worker that keeps the built page at hand, whole, for use without a network. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const worker = new URL('./service-worker.js', import.meta.url)

export function offline(): Plugin {
  let publicDir = ''
  return {
    name: 'offline',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const built = Object.values(bundle).map(
          (file) => [file.fileName, file.type === 'chunk' ? file.code : file.source] as const,
        )
        const copied = readdirSync(publicDir).map((name) => [name, readFileSync(join(publicDir, name))] as const)
        const hash = createHash('sha256')
        for (const [name, content] of [...built, ...copied]) hash.update(name).update(content)
        const names = [...built, ...copied].map(([name]) => name.replace(/^index\.html$/, './'))
        const source = readFileSync(worker, 'utf8')
          .replace("'VERSION'", JSON.stringify(hash.digest('hex').slice(0, 16)))
          .replace("['FILES']", JSON.stringify(names))
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source })
      },
    },
  }
}

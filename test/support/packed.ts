import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNpm } from '../../scripts/npm.mjs'
import { tsc } from '../../scripts/paths.mjs'
import { root } from './imports.ts'

/** A folder outside the repository whose node_modules holds nothing but the packed library. */
export class Consumer {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'onesum-consumer-')))
  readonly library = join(this.folder, 'node_modules', 'onesum')

  write(name: string, text: string): string {
    const file = join(this.folder, name)
    writeFileSync(file, text)
    return file
  }

  /** Runs a program with the plain Node a user would call. */
  run(file: string): string {
    const { NODE_OPTIONS: _, ...env } = process.env
    return execFileSync(process.execPath, [file], { cwd: this.folder, env, encoding: 'utf8' })
  }

  /** What the compiler says about the folder's tsconfig.json: nothing when all is well. */
  compile(): string {
    try {
      return execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: this.folder, encoding: 'utf8' })
    } catch (error) {
      return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Builds and packs the library as it would be published, and unpacks it for a consumer. */
export async function packLibrary(): Promise<Consumer> {
  const consumer = new Consumer()
  const source = join(root, 'packages', 'onesum')
  // The compiler reports on stdout, which an error of execFileSync would not show.
  execFileSync(process.execPath, [tsc, '-b', source], { stdio: ['ignore', 2, 2] })
  const { code, output } = await runNpm(['pack', source, '--ignore-scripts', '--pack-destination', consumer.folder])
  if (code !== 0) throw new Error(`npm pack failed: ${output}`)
  const tarball = readdirSync(consumer.folder).find((name) => name.endsWith('.tgz')) ?? ''
  mkdirSync(consumer.library, { recursive: true })
  // Relative names: tar takes a colon, as in C:\, for another machine's name.
  execFileSync('tar', ['-xzf', tarball, '-C', join('node_modules', 'onesum'), '--strip-components=1'], {
    cwd: consumer.folder,
  })
  consumer.write('package.json', JSON.stringify({ type: 'module', private: true }))
  return consumer
}

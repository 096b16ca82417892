/** The Chromium that npm installs compressed: for Linux on x86-64, with the libraries and fonts it needs. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'
import { withLock } from '../../../scripts/lock.mjs'
import { nodeModules } from '../../../scripts/paths.mjs'
import type { Candidate } from './candidates.ts'

const source = join(nodeModules, '@sparticuz', 'chromium')
const cache = join(nodeModules, '.cache')

/** Unpacked at first use, some seconds; undefined where it is not installed or cannot run. */
export async function npmChromium(): Promise<Candidate | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(source)) return undefined
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const folder = join(cache, `chromium-${version}`)
  await mkdir(cache, { recursive: true })
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await unpack(folder)
  })
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: `${folder}:${join(folder, 'lib')}`, FONTCONFIG_PATH: join(folder, 'fonts') },
  }
}

/** Beside the folder and then renamed, so that it is whole wherever it is seen. */
async function unpack(folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}.`)
  try {
    const archives = ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br', 'chromium.br']
    await Promise.all(archives.map((name) => decompress(join(source, 'bin', name), draft)))
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function decompress(archive: string, folder: string): Promise<void> {
  const target = archive.endsWith('.tar.br')
    ? extract(folder)
    : createWriteStream(join(folder, basename(archive, '.br')), { mode: 0o755 })
  await pipeline(createReadStream(archive), createBrotliDecompress(), target)
}

/** Where a browser may be found. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A browser's program, and what its environment needs. */
export interface Candidate {
  readonly executablePath: string
  readonly env?: Record<string, string>
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** Chromium and Chrome where packages of this system put them. */
export function installedBrowsers(env = process.env): Candidate[] {
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return [...onPath, ...usualPlaces(env)].filter(isExecutable).map((executablePath) => ({ executablePath }))
}

function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    return ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  }
  if (process.platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    )
    return roots.map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'))
  }
  return ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium']
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

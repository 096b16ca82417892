#!/usr/bin/env node
// The built command; this file is there before the build, so that npm can link it at installation.
try {
  await import('../dist/bin.js')
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('onesum: it is not built yet: run "npm run build" in the repository')
  process.exit(1)
}

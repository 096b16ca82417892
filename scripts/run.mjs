// The entry of every npm script, named in commands.mjs: `node scripts/run.mjs start [arguments]`.
// An old Node must be able to parse this file and say so, hence no static import of the rest.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`onesum needs Node 20.19 or newer, this is ${process.version}: install one from https://nodejs.org`)
  process.exitCode = 1
} else {
  const { runCommand } = await import('./commands.mjs')
  process.exitCode = await runCommand(process.argv[2], process.argv.slice(3))
}

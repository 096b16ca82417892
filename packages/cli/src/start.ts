import { runProcess } from './process.ts'
import { start } from './start/start.ts'

// npm runs its scripts at the root of the repository; INIT_CWD is where the user stands
const cwd = process.env.INIT_CWD ?? process.cwd()

await runProcess((terminal) => start(process.argv.slice(2), { ...terminal, cwd }))

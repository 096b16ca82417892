/** Everything of the entry `onesum/threads`. */
export { startThreads, stopThreads } from './start.ts'

export { createFile } from './sink.ts'
export { openFile, stdinSource } from './source.ts'
export { ClosedPipeError, stdoutSink } from './stdout.ts'
export { abortAll, watchUnfinished } from './temporaries.ts'

export { type Echo, EchoIndex, type EchoKind, type Said } from './echo-index.js';
export { type JudgedEcho, judged } from './judged-echoes.js';
export { echoesIn } from './thread-echoes.js';

export { type Echo, EchoIndex, type EchoKind } from './echo-index.js';

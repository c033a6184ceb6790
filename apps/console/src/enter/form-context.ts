import type { ThreadDetail } from '../api/types.js';

/** What a form of the thread needs to know of it. */
export interface FormContext {
  readonly detail: ThreadDetail;
  readonly onDone: () => void;
}

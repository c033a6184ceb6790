/** What the API answers for one error code. */
export interface ProblemRow {
  readonly status: number;
  /** Where the refusal is about a field of the body and not about what the path names. */
  readonly statusInBody?: 422;
  readonly title: string;
  /** For people who meet the code: what it means and what to do. */
  readonly explanation: string;
  /** Seconds after which the same request is worth another try. */
  readonly retryAfter?: number;
}

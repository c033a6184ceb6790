import type { FastifyReply } from 'fastify';

/** The API serves data, and pages that are made of its own files: nothing else may run, frame or be guessed at. */
export function securityPolicy({ styles = "'self'" }: { readonly styles?: string } = {}): string {
  return (
    `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data:; connect-src 'self'; ` +
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}

const HEADERS = {
  // What a newsroom reads belongs in no shared cache; `private` still allows a conditional read.
  'cache-control': 'private, no-cache',
  'content-security-policy': securityPolicy(),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export function addSecurityHeaders(reply: FastifyReply): void {
  reply.headers(HEADERS).header('x-request-id', reply.request.id);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContext } from '../http/request-context.js';
import type { ProblemDto } from './problem-details.js';
import type { Problem } from './problem-of.js';

/** Answers with the problem, as text, so that no serializer comes in between. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { code, status, title, detail, errors, headers } = problem;
  requestContext(request).problem = code;
  const body: ProblemDto = {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: `urn:storyledger:request:${request.id}`,
    code,
    traceId: request.id,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
  return reply
    .status(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

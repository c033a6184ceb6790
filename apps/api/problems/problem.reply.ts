import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContext } from '../http/request-context.js';
import type { ProblemDto } from './problem-details.js';
import type { Problem } from './problem-of.js';

/** Answers with the problem, as text, so that no serializer comes in between. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { code, status, headers } = problem;
  requestContext(request).problem = code;
  return reply
    .status(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type('application/problem+json; charset=utf-8')
    .send(problemBody(problem, request.id));
}

export function problemBody({ code, status, title, detail, errors }: Problem, requestId: string): string {
  const body: ProblemDto = {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: `urn:storyledger:request:${requestId}`,
    code,
    traceId: requestId,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
  return JSON.stringify(body);
}

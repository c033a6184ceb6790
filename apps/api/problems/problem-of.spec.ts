import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { REFUSAL_CODES, Refusal } from '#domain';
import { EventStoreUnavailable, UnknownEventType, WrongExpectedRevision } from '#event-store';
import { ApiError } from './api-error.js';
import { problemOf } from './problem-of.js';
import { PROBLEMS, problemRow } from './problem-table.js';

const PLAIN = { conditional: false, paged: false };
const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

describe('the problem table', () => {
  it('has an error status, a title and an explanation for every code', () => {
    for (const [code, { status, title, explanation }] of Object.entries(PROBLEMS)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(title.length, code).toBeGreaterThan(8);
      expect(explanation, code).toMatch(/[.]$/);
    }
  });

  it.each(REFUSAL_CODES)('answers the refusal %s with its row, message and field', (code) => {
    const refused = problemOf(new Refusal(code, 'Name the thread.', '/slug'), PLAIN);
    const row = problemRow(code);
    expect(refused).toMatchObject({
      code,
      status: row.statusInBody ?? row.status,
      detail: 'Name the thread.',
      errors: [{ pointer: '/slug', code, detail: 'Name the thread.' }],
    });
    expect(problemOf(new Refusal(code, 'Name the thread.'), PLAIN)).toMatchObject({ status: row.status, errors: [] });
  });
});

describe('a problem', () => {
  it('is 404 for what the path names and 422 for what the body names', () => {
    expect(problemOf(new Refusal('source_not_found', 'No source.'), PLAIN).status).toBe(404);
    expect(problemOf(new Refusal('source_not_found', 'No source.', '/source'), PLAIN).status).toBe(422);
  });

  it('of a revision that moved is 412 under If-Match and 409 otherwise', () => {
    const moved = new WrongExpectedRevision('thread-1', 3n, 4n);
    expect(problemOf(moved, { ...PLAIN, conditional: true })).toMatchObject({
      status: 412,
      code: 'precondition_failed',
    });
    expect(problemOf(moved, PLAIN)).toMatchObject({ status: 409, headers: { 'retry-after': '1' } });
  });

  it('of a store that is away is 503 and says when to try again', () => {
    expect(problemOf(new EventStoreUnavailable('gone'), PLAIN)).toMatchObject({
      status: 503,
      code: 'event_store_unavailable',
      headers: { 'retry-after': '2' },
    });
  });

  it.each([
    withCode('connect', 'ECONNREFUSED'),
    withCode('terminating connection', '57P01'),
    withCode('closed', '08006'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([withCode('connect', 'ECONNREFUSED')]),
    Object.assign(new Error('query failed'), { driverError: withCode('connect', 'ECONNRESET') }),
  ])('of a database that is away is 503: %s', (error) => {
    expect(problemOf(error, PLAIN)).toMatchObject({ status: 503, code: 'database_unavailable' });
  });

  it.each([
    new Error('password=hunter2'),
    withCode('duplicate key value violates "secret"', '23505'),
    new UnknownEventType('ThreadVanished', 9),
    'just text',
    null,
    undefined,
  ])('of anything unknown is a bare 500: %s', (error) => {
    const { status, detail, errors, headers } = problemOf(error, PLAIN);
    expect(status).toBe(500);
    expect(detail).toBe('The error was logged. Give the trace id to whoever runs this server.');
    expect([errors, headers]).toEqual([[], {}]);
  });

  it('of a cursor made by hand is a wrong cursor, and only of a cursor', () => {
    const unreadable = withCode('invalid input syntax for type uuid', '22P02');
    expect(problemOf(unreadable, { ...PLAIN, paged: true })).toMatchObject({ status: 400, code: 'invalid_cursor' });
    expect(problemOf(unreadable, PLAIN).status).toBe(500);
  });

  it('keeps the status of an HTTP error without telling its message', () => {
    expect(problemOf(new NotFoundException('secret'), PLAIN)).toMatchObject({ status: 404, code: 'route_not_found' });
    expect(problemOf(new HttpException('secret', 418), PLAIN)).toMatchObject({ status: 418, code: 'http_error' });
    expect(JSON.stringify(problemOf(new BadRequestException('secret'), PLAIN))).not.toContain('secret');
  });

  it('of the API itself carries its errors and headers', () => {
    const errors = [{ parameter: 'limit', code: 'range', detail: 'Must be 1 to 200.' }];
    const error = new ApiError('invalid_request', 'One parameter is wrong.', { errors, headers: { allow: 'GET' } });
    expect(problemOf(error, PLAIN)).toMatchObject({ status: 400, errors, headers: { allow: 'GET' } });
  });
});

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `dist/console`, seen from dist/ and from the sources. */
export const CONSOLE_FOLDER = ['../../../console/', '../../../dist/console/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .reduce((built, source) => (existsSync(`${built}index.html`) ? built : source));

/** What belongs to others: no page of the console lies below. */
const TAKEN = /^\/(?:v1|docs|health|problems|assets|openapi\.json)(?:[/?#]|$)/;

/** The built console. */
@Injectable()
export class ConsoleFiles {
  /**
   * Its one page, which shows whatever the address names. To await the reply is to wait until it has gone out: handlers
   * must, for what returns before is answered with nothing.
   */
  sendPage(reply: FastifyReply): FastifyReply {
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  }

  /** Files below assets/ carry a hash of their content in their names, so that they never change. */
  sendAsset(reply: FastifyReply, file: string): FastifyReply {
    return reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${file}`);
  }

  has(file: string): boolean {
    return existsSync(`${CONSOLE_FOLDER}${file}`);
  }

  /** A person followed a link to a page that there is not; a tool that asks for JSON gets a problem. */
  isPageVisit({ method, url, headers: { accept = '' } }: FastifyRequest): boolean {
    return (method === 'GET' || method === 'HEAD') && accept.includes('text/html') && !TAKEN.test(url);
  }
}

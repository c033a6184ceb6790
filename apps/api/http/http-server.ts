import { createServer, type RequestListener, type Server } from 'node:http';

/** A slow sender must not hold a connection for ever; a slow reader of a long answer may. */
const REQUEST_MS = 30_000;
const CONNECTION_MS = 60_000;
const KEEP_ALIVE_MS = 72_000;
/** A sender that takes longer for its headers than a slow line would holds a connection for nothing. */
const HEADERS_MS = 10_000;
/** How often that is looked for. */
const CHECK_MS = 2_000;
const HEADER_BYTES = 16 * 1024;
/** More than the feed may have clients, and what a process has file descriptors for. */
const MOST_CONNECTIONS = 12_000;

/** A server whose connections nobody can hold for nothing. */
export function createHttpServer(handler: RequestListener): Server {
  const limits = { headersTimeout: HEADERS_MS, connectionsCheckingInterval: CHECK_MS, maxHeaderSize: HEADER_BYTES };
  const server = createServer({ ...limits, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  server.timeout = CONNECTION_MS;
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

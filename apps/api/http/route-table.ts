import type { RouteOptions } from 'fastify';

interface Route {
  readonly method: string;
  /** As Fastify spells it: `/v1/keys/:keyId`. */
  readonly path: string;
  readonly pattern: RegExp;
}

/** Every route that Fastify serves, filled by its `onRoute` hook: for 405, and for the check that each has a guard. */
export class RouteTable {
  private readonly routes: Route[] = [];

  add({ method, url }: RouteOptions): void {
    const pattern = new RegExp(
      `^${url
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replace(/:[^/]+/g, '[^/]+')
        .replace(/\*/g, '.*')}$`,
    );
    for (const each of [method].flat()) this.routes.push({ method: each.toUpperCase(), path: url, pattern });
  }

  all(): readonly { readonly method: string; readonly path: string }[] {
    return this.routes.map(({ method, path }) => ({ method, path }));
  }

  methodsAt(url: string): readonly string[] {
    const path = url.replace(/[?#].*$/s, '');
    return [...new Set(this.routes.filter((route) => route.pattern.test(path)).map((route) => route.method))].sort();
  }
}

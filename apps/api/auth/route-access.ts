import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type Access, accessOf } from './access.js';

export interface GuardedRoute {
  readonly method: string;
  /** As Fastify spells it: `/v1/keys/:keyId`. */
  readonly path: string;
  /** `KeysController.revoke` */
  readonly handler: string;
  readonly access: Access;
}

/** Reads from the controllers who may call what, and refuses to start when one does not say so. */
@Injectable()
export class RouteAccess implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    this.routes();
  }

  /** @throws Error naming every handler that declares neither `@Requires` nor `@Public`, or both */
  routes(): readonly GuardedRoute[] {
    const declared = this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = (metatype?.prototype ?? null) as object | null;
      if (metatype === null || prototype === null) return [];
      const prefixes = [Reflect.getMetadata(PATH_METADATA, metatype) as string | string[]].flat();
      return this.scanner
        .getAllMethodNames(prototype)
        .flatMap((name) => routesOf(metatype.name, prefixes, name, Reflect.get(prototype, name)));
    });
    const open = declared.filter(({ access }) => access === null).map(({ handler }) => handler);
    if (open.length > 0) {
      throw new Error(`Say who may call ${[...new Set(open)].join(', ')}: @Requires(role) or @Public(), one of them.`);
    }
    return declared as readonly GuardedRoute[];
  }
}

type DeclaredRoute = Omit<GuardedRoute, 'access'> & { readonly access: Access | null };

function routesOf(
  controller: string,
  prefixes: readonly string[],
  name: string,
  // biome-ignore lint/complexity/noBannedTypes: Nest keeps its metadata on plain functions
  handler: Function,
): readonly DeclaredRoute[] {
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (method === undefined) return [];
  const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
  return prefixes.flatMap((prefix) =>
    paths.map((path) => ({
      method: RequestMethod[method] ?? String(method),
      path: join(prefix, path),
      handler: `${controller}.${name}`,
      access: accessOf(handler),
    })),
  );
}

function join(prefix: string, path: string): string {
  return `/${[prefix, path]
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}

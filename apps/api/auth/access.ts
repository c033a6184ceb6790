import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Role } from '#operations';
import { foundOnce } from '../http/handler-facts.js';

/** Who may call a route. */
export type Access = 'public' | Role;

const ACCESS = 'storyledger:access';
const PUBLIC = 'storyledger:public';

/** Anybody may call the route: the only way around a key. */
export function Public(): MethodDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Keys of this role, and of those that include it, may call the route. */
export function Requires(role: Role): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, role), ApiBearerAuth('apiKey'), ApiExtension('x-required-role', role));
}

/**
 * What the handler declares.
 * @returns null when it declares nothing, or both
 */
export const accessOf = foundOnce((handler): Access | null => {
  const role = Reflect.getMetadata(ACCESS, handler) as Role | undefined;
  const isPublic = Reflect.getMetadata(PUBLIC, handler) === true;
  if (isPublic === (role !== undefined)) return null;
  return role ?? 'public';
});

import { BlockList, isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '');
  if (plain === 'localhost') return true;
  return LOOPBACK.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}

/** By the address that it came from, and by the name that was asked for: a foreign name may lead here as well. */
export function isFromThisMachine({ ip, hostname }: FastifyRequest): boolean {
  return isLoopback(ip) && isLoopback(hostname);
}

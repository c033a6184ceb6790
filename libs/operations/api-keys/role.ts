/** From the least to the most: each role may do what those before it may. */
export const ROLES = ['reader', 'reporter', 'editor', 'admin'] as const;
/** reader: reads · reporter: appends · editor: rules, voids, merges · admin: keys and the system. */
export type Role = (typeof ROLES)[number];

export function includesRole(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}

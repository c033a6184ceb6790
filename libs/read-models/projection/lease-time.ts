/** How long a lease holds when it is not renewed: whoever stands by takes over soon after. */
const LEASE_MS = 3_000;

/** SQL: until when a lease that is taken or renewed now holds. By the clock of the database, which all share. */
export const LEASED_UNTIL = `clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'`;

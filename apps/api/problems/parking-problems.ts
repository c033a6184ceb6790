import type { ParkingRefusalCode } from '#read-models';
import type { ProblemRow } from './problem-row.js';

/** Why a parked event can be neither retried nor dropped. */
export const PARKING_PROBLEMS = {
  parked_event_not_found: {
    status: 404,
    title: 'No such parked event',
    explanation:
      'No parked event has this id: it may have been applied meanwhile. GET /v1/projections/parked lists them.',
  },
  parked_event_waits: {
    status: 409,
    title: 'The event waits behind another',
    explanation: 'An earlier event of its stream is parked. Retry or drop that one; the detail names it.',
  },
  parked_event_dropped: {
    status: 409,
    title: 'The event was dropped before',
    explanation: 'Later events of its stream are applied already. Only a rebuild of the read model tries it once more.',
  },
  projection_version_differs: {
    status: 409,
    title: 'The tables are of another version',
    explanation: 'This build writes another version of the read model than is served. Wait for its rebuild to end.',
  },
} as const satisfies Record<ParkingRefusalCode, ProblemRow>;

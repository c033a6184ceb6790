export type ParkingRefusalCode =
  | 'parked_event_not_found'
  | 'parked_event_waits'
  | 'parked_event_dropped'
  | 'projection_version_differs';

/** A retry or drop that cannot be. */
export class ParkingRefusal extends Error {
  override readonly name = 'ParkingRefusal';

  constructor(
    readonly code: ParkingRefusalCode,
    message: string,
  ) {
    super(message);
  }
}

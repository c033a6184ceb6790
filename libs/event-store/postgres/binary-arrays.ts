/*
 * One-dimensional arrays as PostgreSQL receives them in its binary format: number of dimensions, whether there are
 * nulls, the element's type, length and lower bound; then of each element its length in bytes (-1: null) and the bytes.
 * The server copies them; an array or JSON in text it would have to parse. See `array_recv` in its arrayfuncs.c.
 */
const HEADER = 20;
const OIDS = { int4: 23, int8: 20, text: 25, json: 114, uuid: 2950 } as const;

export function textArray(values: readonly (string | null)[], type: 'text' | 'json' = 'text'): Buffer {
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)));
  const bytes = lengths.reduce((sum, length) => sum + Math.max(length, 0), 0);
  const buffer = newArray(OIDS[type], values.length, bytes);
  let at = HEADER;
  values.forEach((value, index) => {
    at = buffer.writeInt32BE(lengths[index] ?? -1, at);
    if (value !== null) at += buffer.write(value, at);
  });
  return buffer;
}

/** Whole numbers that fit 32 bits. */
export function intArray(values: readonly number[]): Buffer {
  const buffer = newArray(OIDS.int4, values.length, values.length * 4);
  let at = HEADER;
  for (const value of values) {
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(value, at);
  }
  return buffer;
}

export function bigintArray(values: readonly (bigint | null)[]): Buffer {
  const present = values.filter((value) => value !== null).length;
  const buffer = newArray(OIDS.int8, values.length, present * 8);
  let at = HEADER;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : 8, at);
    if (value !== null) at = buffer.writeBigInt64BE(value, at);
  }
  return buffer;
}

/** @throws RangeError of a text that is no UUID */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  const present = values.filter((value) => value !== null).length;
  const buffer = newArray(OIDS.uuid, values.length, present * 16);
  let at = HEADER;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : 16, at);
    if (value !== null) at += buffer.write(value.replaceAll('-', ''), at, 16, 'hex');
  }
  return buffer;
}

function newArray(elementType: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + length * 4 + bytes);
  buffer.writeInt32BE(1, 0);
  // Whether there are nulls is only a hint, which the server does not rely upon.
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

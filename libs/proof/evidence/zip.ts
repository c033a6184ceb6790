import { unzipSync, zipSync } from 'fflate';
import { NotProven } from '../offline/verify.mjs';

/** Files by their paths, with slashes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** What a bundle may hold, unpacked: a small file can claim to be of any size. */
const MOST_BYTES = 1024 ** 3;

export function zipBundle(files: BundleFiles, madeAt: Date): Uint8Array {
  return zipSync(Object.fromEntries(files), { level: 6, mtime: madeAt });
}

/** @throws NotProven of what is no zip, or a damaged one */
export function readBundle(zip: Uint8Array): BundleFiles {
  let bytes = 0;
  const filter = ({ originalSize }: { readonly originalSize: number }) => {
    bytes += originalSize;
    if (bytes > MOST_BYTES) throw new NotProven('The zip file holds more than 1 GiB.');
    return true;
  };
  try {
    const files = Object.entries(unzipSync(zip, { filter }));
    return new Map(files.filter(([path]) => !path.endsWith('/')));
  } catch (error) {
    if (error instanceof NotProven) throw error;
    throw new NotProven('The file is no zip file, or a damaged one.', { cause: error });
  }
}

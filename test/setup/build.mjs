import { build } from '../../scripts/install.mjs';

/** What runs as a process of its own runs as it is delivered: built. */
export default function setup() {
  build();
}

/** One line for the whole run. */
export default function setup() {
  const { KURRENTDB_BIN, KURRENTDB_URL } = process.env;
  if (KURRENTDB_BIN || KURRENTDB_URL) return;
  process.stdout.write(
    'The suites against a real KurrentDB are skipped: set KURRENTDB_BIN to a server binary (or KURRENTDB_URL to an empty server), then `npm run test:kurrentdb`.\n',
  );
}

import { once } from 'node:events';
import type { Command } from 'commander';
import { readConfig, requireHome, StartupError } from '#platform';
import type { RunningApi } from '../../api/bootstrap.js';
import { type ProjectorParts, startProjector } from '../../projector/start-projector.js';
import { loadDemo } from '../demo/load-demo.js';
import { demoSignIn } from '../demo/sign-in-link.js';
import { announceInstance, claimInstance, releaseInstance } from '../instance.js';
import { instanceFile, type Ledger, migrateNamed, openLedger } from '../ledger.js';
import { type ServedMetrics, serveMetrics } from '../metrics.js';

export function registerProcesses(program: Command): void {
  program
    .command('up')
    .description('everything in one process: database, API and projector')
    .option('--demo', 'tell the seed story')
    .action(({ demo }: { demo?: boolean }) => up(demo === true));
  program
    .command('api')
    .description('the API alone; needs DATABASE_URL')
    .action(async () => {
      const ledger = await openOwnDatabase('api');
      const metrics = await serveMetrics(ledger);
      const api = await listen(ledger);
      say(`Console at ${api.url}/, API below ${api.url}/v1, reference at ${api.url}/docs.`);
      sayMetrics(metrics);
      sayMissingKey(ledger);
      await untilAsked();
      await api.close();
      await metrics.close();
      await ledger.close();
    });
  program
    .command('projector')
    .description('the projector alone; needs DATABASE_URL')
    .action(async () => {
      const ledger = await openOwnDatabase('projector');
      const metrics = await serveMetrics(ledger);
      const projector = startProjector(projectorParts(ledger));
      say('The projector is at work.');
      sayMetrics(metrics);
      sayMissingKey(ledger);
      await untilAsked();
      await projector.stop();
      await metrics.close();
      await ledger.close();
    });
  program
    .command('migrate')
    .description('bring the database at DATABASE_URL up to date, and end')
    .action(async () => {
      const { DATABASE_MIGRATION_URL, DATABASE_URL } = readConfig();
      const url = DATABASE_MIGRATION_URL ?? DATABASE_URL;
      if (url === undefined) throw new StartupError('Set DATABASE_URL. The embedded database is migrated by `up`.');
      const ran = await migrateNamed(url);
      say(ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}.`);
    });
}

async function up(demo: boolean): Promise<void> {
  const asked = untilAsked();
  const config = readConfig();
  await requireHome(config.STORYLEDGER_HOME);
  const file = instanceFile(config);
  const running = await claimInstance(file);
  if (running !== null) {
    say(
      running.address === null
        ? `Storyledger is starting in this folder (process ${running.pid}).`
        : `Storyledger is running in this folder: ${running.address} (process ${running.pid}). It is left alone.`,
    );
    return;
  }
  try {
    const ledger = await openLedger({ name: 'up', makesKey: true });
    // Rejects when the database that is ours is lost for good; a given one may come back by itself.
    const lost = ledger.embedded?.keepRunning(ledger.logger) ?? asked;
    const metrics = await serveMetrics(ledger);
    const projector = startProjector(projectorParts(ledger));
    let api: RunningApi | null = null;
    try {
      api = await listen(ledger);
      await announceInstance(file, { address: api.url, databaseUrl: ledger.embedded?.url ?? null });
      await greet(ledger, { url: api.url, metricsUrl: metrics.url }, demo);
      await Promise.race([asked, lost]);
      say('Stopping ...');
    } finally {
      await api?.close();
      await projector.stop();
      await metrics.close();
      await ledger.close();
    }
    say('Stopped. What was recorded is there at the next start.');
  } finally {
    await releaseInstance(file);
  }
}

async function greet(
  ledger: Ledger,
  { url, metricsUrl }: { readonly url: string; readonly metricsUrl: string | null },
  demo: boolean,
): Promise<void> {
  const secret = await ledger.keys.ensureFirstAdministrator();
  const story = demo ? await loadDemo(ledger) : null;
  const link = story === null ? null : await demoSignIn(ledger, url, `/threads/${story.slug}`);
  say('');
  say('Storyledger is up.');
  say(`  Console    ${url}/`);
  if (link !== null) {
    say(`  Sign in    ${link}`);
    say('             Works once, on this machine, within 30 minutes, and leads to the seed story.');
  }
  say(`  API        ${url}/v1/threads`);
  say(`  Reference  ${url}/docs`);
  say(`  Health     ${url}/health/ready`);
  if (metricsUrl !== null) say(`  Metrics    ${metricsUrl}`);
  if (secret !== null) {
    say('');
    say(`  Administrator key, shown this once: ${secret}`);
    say('  Keep it. More keys: npx storyledger keys create NAME --role reader|reporter|editor|admin');
  }
  if (story !== null) {
    say('');
    for (const line of story.lines) say(`  ${line}`);
    if (story.lines.length > 0) say('');
    say(`  The seed story: curl -H "Authorization: Bearer $KEY" ${url}/v1/threads/${story.slug}`);
  }
  sayMissingKey(ledger);
  say('');
  say('Ctrl-C stops it.');
}

function projectorParts(ledger: Ledger): ProjectorParts {
  const { config, metrics, tracing } = ledger;
  return {
    ...ledger,
    checkpointMs: config.PROOF_CHECKPOINT_SECONDS * 1_000,
    onBatch: (batch) => {
      const { events, startedAt, endedAt } = batch;
      metrics.projected({ events: events.length, seconds: (endedAt - startedAt) / 1_000 });
      tracing?.applied(batch);
    },
  };
}

function sayMetrics({ url }: ServedMetrics): void {
  if (url !== null) say(`Metrics at ${url}.`);
}

function sayMissingKey({ keyMissing }: Ledger): void {
  if (keyMissing !== null) say(`This process signs no checkpoints. ${keyMissing}`);
}

/** What serves HTTP is half of all code, and takes as much of the time to start and of memory: a projector does without. */
async function listen(ledger: Ledger): Promise<RunningApi> {
  const { startApi } = await import('../../api/bootstrap.js');
  const { config } = ledger;
  const { HOST, PORT, TRUSTED_PROXIES } = config;
  const proxies = TRUSTED_PROXIES === undefined ? {} : { trustedProxies: TRUSTED_PROXIES };
  const rateLimits = { ofKey: config.RATE_LIMIT_KEY, ofAddress: config.RATE_LIMIT_ADDRESS };
  const overloadLimits = { mostInWork: config.OVERLOAD_REQUESTS, mostDelayMs: config.OVERLOAD_DELAY_MS };
  return startApi({ ...ledger, ...proxies, rateLimits, overloadLimits, host: HOST, port: PORT });
}

/** Processes on several machines, or several on one, share a database that none of them owns. */
async function openOwnDatabase(name: string): Promise<Ledger> {
  if (readConfig().DATABASE_URL === undefined) {
    throw new StartupError(`Set DATABASE_URL: \`storyledger ${name}\` shares its database with other processes.`);
  }
  return openLedger({ name, makesKey: true });
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
async function untilAsked(): Promise<void> {
  const asked = new AbortController();
  const ask = () => {
    if (asked.signal.aborted) process.exit(130);
    asked.abort();
  };
  process.on('SIGINT', ask).on('SIGTERM', ask);
  await once(asked.signal, 'abort');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

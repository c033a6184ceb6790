import 'reflect-metadata';
import { join } from 'node:path';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { eventStoreUrlProblem } from './event-store-url.js';
import { StartupError } from './startup-error.js';

const POSTGRES_URL = { protocols: ['postgres', 'postgresql'], require_protocol: true, require_tld: false };

/** The settings of every Storyledger process, from environment variables of the same names. None is needed. */
export class Config {
  /** Left out: an embedded PostgreSQL below STORYLEDGER_HOME. */
  @IsOptional()
  @IsUrl(POSTGRES_URL, { message: 'must be a URL such as postgres://user:password@host:5432/database' })
  readonly DATABASE_URL?: string;

  /** The owner's, for migrations and rebuilds; DATABASE_URL when left out. */
  @IsOptional()
  @IsUrl(POSTGRES_URL, { message: 'must be a URL such as postgres://user:password@host:5432/database' })
  readonly DATABASE_MIGRATION_URL?: string;

  /** A KurrentDB for the log; left out: the log is in the database, as all the rest is. */
  @IsOptional()
  @ValidateBy({
    name: 'isEventStoreUrl',
    validator: {
      validate: (value) => typeof value === 'string' && eventStoreUrlProblem(value) === null,
      defaultMessage: (given) => eventStoreUrlProblem(String(given?.value)) ?? '',
    },
  })
  readonly EVENT_STORE_URL?: string;

  @IsString()
  @MinLength(1, { message: 'must be an address to listen on, such as 127.0.0.1' })
  readonly HOST: string = '127.0.0.1';

  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (any free port) to 65535' })
  @Max(65_535, { message: 'must be 0 (any free port) to 65535' })
  readonly PORT: number = 4400;

  /** Whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody's when left out. */
  @IsOptional()
  @Matches(/^[\dA-Fa-f.:/]+(?:, *[\dA-Fa-f.:/]+)*$/, {
    message: 'must be addresses or networks of proxies, such as 10.0.0.0/8, with commas between',
  })
  readonly TRUSTED_PROXIES?: string;

  /** Where metrics are served for Prometheus, apart from the API; nowhere when left out. */
  @IsOptional()
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (any free port) to 65535' })
  @Max(65_535, { message: 'must be 0 (any free port) to 65535' })
  readonly METRICS_PORT?: number;

  /** Whoever reaches it may read the metrics: keep it on this machine or in a network of your own. */
  @IsString()
  @MinLength(1, { message: 'must be an address to listen on, such as 127.0.0.1' })
  readonly METRICS_HOST: string = '127.0.0.1';

  /** Requests a minute of one API key, and of one address, to one process; 0: without limit. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of requests a minute, or 0 for no limit' })
  @Min(0, { message: 'must be a whole number of requests a minute, or 0 for no limit' })
  readonly RATE_LIMIT_KEY: number = 120_000;

  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of requests a minute, or 0 for no limit' })
  @Min(0, { message: 'must be a whole number of requests a minute, or 0 for no limit' })
  readonly RATE_LIMIT_ADDRESS: number = 240_000;

  /** Requests in work from which on a process turns the next away. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of requests' })
  @Min(1, { message: 'must be 1 request or more' })
  readonly OVERLOAD_REQUESTS: number = 1_000;

  /** Mean delay of its event loop from which on a process turns all away. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of milliseconds' })
  @Min(50, { message: 'must be 50 milliseconds or more' })
  readonly OVERLOAD_DELAY_MS: number = 1_000;

  /** After which PostgreSQL cuts off a statement of the application; the owner's, of migrations and rebuilds, it never does. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of seconds' })
  @Min(10, { message: 'must be 10 to 3600 seconds' })
  @Max(3_600, { message: 'must be 10 to 3600 seconds' })
  readonly DATABASE_STATEMENT_SECONDS: number = 60;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug'], { message: 'must be fatal, error, warn, info or debug' })
  readonly LOG_LEVEL: string = 'info';

  @IsString()
  @MinLength(1, { message: 'must be a folder' })
  readonly STORYLEDGER_HOME: string = join(process.cwd(), '.storyledger');

  /** Where the key that signs checkpoints lies; `signing.key` below STORYLEDGER_HOME when left out. */
  @IsOptional()
  @IsString()
  readonly PROOF_KEY_FILE?: string;

  /** Where the key of sealed identities lies; `identity.key` below STORYLEDGER_HOME when left out. */
  @IsOptional()
  @IsString()
  readonly IDENTITY_KEY_FILE?: string;

  /** The name of this ledger in checkpoints, for when its first key is made; a random one when left out. */
  @IsOptional()
  @Matches(/^[^\s+]{1,200}$/, { message: 'must be a name without spaces or +, such as newsroom.example/ledger' })
  readonly PROOF_ORIGIN?: string;

  /** How often a checkpoint is signed while the log grows. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'must be a whole number of seconds' })
  @Min(1, { message: 'must be 1 to 86400 seconds' })
  @Max(86_400, { message: 'must be 1 to 86400 seconds' })
  readonly PROOF_CHECKPOINT_SECONDS: number = 300;
}

const NAMES = [
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'EVENT_STORE_URL',
  'HOST',
  'PORT',
  'TRUSTED_PROXIES',
  'METRICS_PORT',
  'METRICS_HOST',
  'RATE_LIMIT_KEY',
  'RATE_LIMIT_ADDRESS',
  'OVERLOAD_REQUESTS',
  'OVERLOAD_DELAY_MS',
  'DATABASE_STATEMENT_SECONDS',
  'LOG_LEVEL',
  'STORYLEDGER_HOME',
  'PROOF_KEY_FILE',
  'IDENTITY_KEY_FILE',
  'PROOF_ORIGIN',
  'PROOF_CHECKPOINT_SECONDS',
] as const;

/** @throws StartupError naming each wrong variable, never its value */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    NAMES.filter((name) => environment[name] !== undefined && environment[name] !== '').map((name) => [
      name,
      environment[name],
    ]),
  );
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const problems = validateSync(config, { stopAtFirstError: true }).map(
    ({ property, constraints }) => `  ${property} ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (problems.length > 0) throw new StartupError(`These settings are wrong:\n${problems.join('\n')}`);
  return config;
}

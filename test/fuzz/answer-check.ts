import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import type { FuzzAnswer } from './fuzz-client.js';
import type { FuzzRequest } from './fuzz-request.js';
import { openApi, type Schema } from './operations.js';

/** Any request may be refused so, whatever it asks: by its size, its speed, or its form as HTTP. */
const ANYWHERE = new Set([400, 401, 404, 405, 408, 413, 414, 415, 429, 431]);
/** A 503 that a client can bring about: it asked for a read that the read models have not come to, or never will. */
const MEANT_503 = new Set(['read_model_behind', 'read_model_parked', 'checkpoint_missing', 'proof_behind']);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ ...openApi, $id: 'openapi' });
const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** What is wrong with an answer; nothing: it is as the OpenAPI document says. */
export function faultsOf({ operation }: FuzzRequest, { status, type, body }: FuzzAnswer): readonly string[] {
  const described = operation.answers[String(status)];
  // Says what is not well, in the form of its 200: a probe asks for no problem.
  const isProbe = operation.path === '/health/ready' && status === 503;
  if (status >= 400 && !isProbe) {
    const undescribed =
      described === undefined && !ANYWHERE.has(status) ? [`the status ${status} is not described`] : [];
    return [...undescribed, ...problemFaults(status, type, body)];
  }
  if (status === 304) return body.length === 0 ? [] : ['304 has a body'];
  if (described === undefined) return [`the status ${status} is not described`];
  const [mime = ''] = type.split(';');
  if (mime === 'text/csv') return formulaFaults(body);
  if (mime === 'application/zip') return zipFaults(body);
  const schema = described.content?.[mime]?.schema;
  if (mime !== 'application/json' || schema === undefined) return [];
  return conformanceFaults(schema, `${operation.method} ${operation.path} ${status}`, body);
}

function problemFaults(status: number, type: string, body: Buffer): readonly string[] {
  if (!type.startsWith('application/problem+json')) return [`${status} is no problem detail but "${type}"`];
  const problem = json(body) as { code?: string; status?: number } | undefined;
  const meant = status === 503 && MEANT_503.has(problem?.code ?? '');
  return [
    ...(status >= 500 && !meant ? [`${status} ${problem?.code}`] : []),
    ...(problem?.status === status ? [] : ['its status differs from that of the answer']),
    ...conformanceFaults({ $ref: '#/components/schemas/ProblemDto' }, 'problem', body),
  ];
}

function conformanceFaults(schema: Schema, name: string, body: Buffer): readonly string[] {
  let validate = validators.get(name);
  if (validate === undefined) {
    validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
    validators.set(name, validate);
  }
  return validate(json(body)) ? [] : [ajv.errorsText(validate.errors)];
}

/** A spreadsheet would run what begins so. */
function formulaFaults(body: Buffer): readonly string[] {
  const rows = parse(body, { bom: true, relax_column_count: true }) as string[][];
  const cells = rows.flat().filter((cell) => /^[=+@\t\r]/.test(cell) || /^-(?!\d+(?:\.\d+)?$)/.test(cell));
  return cells.slice(0, 1).map((cell) => `the cell ${JSON.stringify(cell)} is a formula`);
}

function zipFaults(body: Buffer): readonly string[] {
  const names = Object.keys(unzipSync(body));
  const leaving = names.filter(
    (name) => /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name) || name.includes('\u0000'),
  );
  return leaving.map((name) => `the file ${JSON.stringify(name)} leaves its folder`);
}

export function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

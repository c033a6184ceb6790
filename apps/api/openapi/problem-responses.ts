import type { OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const DESCRIPTIONS = {
  400: 'The request is not valid; `errors` lists all that is wrong',
  401: 'An API key is needed',
  403: 'The API key has too low a role',
  404: 'What the path names is not there',
  409: 'The rules or the current state refuse it',
  412: 'It has changed since the revision in If-Match',
  413: 'The body is larger than 1 MiB',
  415: 'The body is not JSON',
  422: 'What it asks for contradicts itself, or names what is not there',
  428: 'If-Match is required',
  429: 'The API key has asked too much in a minute; try again after Retry-After',
  503: 'A part is not available; try again after Retry-After',
} as const;
type ProblemStatus = keyof typeof DESCRIPTIONS;

type ProblemContent = Record<'application/problem+json', { schema: { $ref: string } }>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Adds to every operation the problems that it can answer, which follow from its shape. */
export function addProblemResponses(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      if (method !== 'get') addIdempotencyKey(operation);
      if (method !== 'get' && givesReceipts(operation)) addReceiptPreference(operation);
      for (const status of statusesOf(operation, method, path)) {
        operation.responses[status] ??= problemResponse(DESCRIPTIONS[status]);
      }
    }
  }
  return document;
}

function statusesOf(operation: Operation, method: string, path: string): readonly ProblemStatus[] {
  const parameters = (operation.parameters ?? []).flatMap((parameter) => ('name' in parameter ? [parameter] : []));
  const ifMatch = parameters.find(({ name }) => name === 'If-Match');
  const secured = (operation.security ?? []).length > 0;
  return [
    ...(parameters.length > 0 || operation.requestBody !== undefined ? ([400] as const) : []),
    ...(secured ? ([401, 403, 429, 503] as const) : []),
    ...(path.includes('{') ? ([404] as const) : []),
    ...(method !== 'get' ? ([409, 422] as const) : []),
    ...(operation.requestBody !== undefined ? ([413, 415] as const) : []),
    ...(ifMatch !== undefined || isCommand(method, path) ? ([412] as const) : []),
    ...(ifMatch?.required === true ? ([428] as const) : []),
  ];
}

/** Every command on a thread, a source or the policy reads If-Match; one that makes a new thing has none that would hold. */
function isCommand(method: string, path: string): boolean {
  return method !== 'get' && /^\/v1\/(?:(?:threads|sources)(?:\/|$)|policy$)/.test(path);
}

function addIdempotencyKey(operation: Operation): void {
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Your own id of this request: repeated within 24 hours, it gets the first answer again.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    },
  ];
}

/** Its answer is one to which `Prefer: receipt` adds. */
function givesReceipts({ responses }: Operation): boolean {
  return /"#\/components\/schemas\/(Source)?ReceiptDto"/.test(JSON.stringify(responses));
}

function addReceiptPreference(operation: Operation): void {
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: 'Prefer',
      in: 'header',
      required: false,
      description:
        '`receipt`: the answer brings a signed receipt of each event, or says where to get it; with `wait=SECONDS` it ' +
        'waits so long for it, at most 10, and 2 when left out.',
      schema: { type: 'string', example: 'receipt, wait=5' },
    },
  ];
}

export function problemResponse(description: string): { description: string; content: ProblemContent } {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
  };
}

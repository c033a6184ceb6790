// The types of the console's API client, made of docs/openapi.json. The file is not kept: it is made before each build and check.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { root } from './install.mjs';

const file = join(root, 'apps', 'console', 'src', 'api', 'schema.d.ts');
const types = astToString(await openapiTypes(pathToFileURL(join(root, 'docs', 'openapi.json'))));
if (current() !== types) writeFileSync(file, types);

function current() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

import { readFile } from 'node:fs/promises';
import { ImportFailure } from '../failure.js';
import { type Mapping, parseMapping } from '../mapping/mapping.js';
import attributionsTable from './attributions-table.mapping.json' with { type: 'json' };
import covid19RumorNews from './covid19-rumor-news.mapping.json' with { type: 'json' };

/** The mappings that come with Storyledger. */
export const SHIPPED_MAPPINGS: readonly Mapping[] = [attributionsTable, covid19RumorNews].map(parseMapping);

/** @throws ImportFailure that names the shipped ones */
export function shippedMapping(name: string): Mapping {
  const mapping = SHIPPED_MAPPINGS.find((candidate) => candidate.name === name);
  if (mapping !== undefined) return mapping;
  const names = SHIPPED_MAPPINGS.map((candidate) => candidate.name).join(', ');
  throw new ImportFailure(`There is no mapping "${name}". Shipped are ${names}.`);
}

/**
 * A shipped mapping by its name, or one of one's own by the path of its JSON file.
 * @throws ImportFailure
 */
export async function findMapping(nameOrPath: string): Promise<Mapping> {
  if (!nameOrPath.endsWith('.json')) return shippedMapping(nameOrPath);
  const text = await readFile(nameOrPath, 'utf8').catch(() => null);
  if (text === null) throw new ImportFailure(`There is no mapping file ${nameOrPath}.`);
  try {
    return parseMapping(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ImportFailure(`${nameOrPath} is not JSON: ${error.message}`);
    throw error;
  }
}

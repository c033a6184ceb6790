import { spawnSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { LinesOfATurn } from './lines-of-a-turn.js';

const logging = () => {
  const written: string[][] = [];
  const messages = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line): string => JSON.parse(line).msg);
  const lines = new LinesOfATurn({ write: (text) => written.push(messages(text)) });
  return { written, logger: pino({ level: 'info' }, lines) };
};

describe('lines of a turn', () => {
  it('go out together at its end, in their order', async () => {
    const { written, logger } = logging();
    for (const message of ['one', 'two', 'three']) logger.info(message);
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual([['one', 'two', 'three']]);
    logger.info('four');
    await turn();
    await turn();
    expect(written).toEqual([['one', 'two', 'three'], ['four']]);
  });

  it.each(['warn', 'error', 'fatal'] as const)('do not wait for it behind one of %s', async (level) => {
    const { written, logger } = logging();
    logger.info('before');
    logger[level]('now');
    expect(written).toEqual([['before', 'now']]);
    await turn();
    expect(written.length).toBe(1);
  });

  it('are not gathered without end', () => {
    const { written, logger } = logging();
    for (let n = 0; n < 1_000; n++) logger.info('x'.repeat(1_000));
    expect(written.length).toBeGreaterThan(10);
    expect(written.flat().length).toBeGreaterThan(900);
  });

  it.each([
    ['ends', 'process.exit(3)'],
    ['fails', "throw new Error('failed')"],
  ])('are there when the process %s within it', (_, end) => {
    const module = new URL('../../dist/libs/platform/logging.js', import.meta.url).href;
    const program = `import { createLogger } from '${module}'; createLogger('info', 'test').info('the last words'); ${end};`;
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('"msg":"the last words"');
  });
});

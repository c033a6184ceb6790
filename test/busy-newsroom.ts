import type { Projection } from '#read-models';
import type { Newsroom } from './newsroom.js';
import { seedStory } from './seed-story.js';
import { attributionInput, commandContext, openStory } from './tell-story.js';

/** The whole story, and then everything else that a thread can go through. */
export async function tellAndAmend(newsroom: Newsroom, suffix: string): Promise<void> {
  const { threads } = newsroom;
  const id = await openStory(newsroom, seedStory, suffix);
  for (const step of seedStory.attributions) await threads.record(id, attributionInput(step, suffix), commandContext());
  const [first] = seedStory.attributions;
  if (first === undefined) throw new Error('The seed story has no attributions.');
  const statedAt = '2023-09-12T00:00:00.000Z';
  await threads.retract(id, 'step-2', { takenBackBy: `nyt${suffix}`, statedAt, reason: 'wrong' }, commandContext());
  await threads.void(id, 'step-3', 'typed twice', commandContext());
  const replacement = { ...attributionInput(first, suffix), key: 'step-1b', tentative: true };
  await threads.correct(
    id,
    'step-1',
    { takenBackBy: `us-ambassador-un${suffix}`, statedAt, reason: 'said less', replacement },
    commandContext(),
  );
  await threads.makeExclusive(id, ['eef', 'one-on-one'], commandContext());
  await threads.moot(id, 'arms', 'overtaken', commandContext());
  await threads.lapse(id, 'departed', 'no word came', commandContext());
  await threads.rule(id, 'eef', { status: 'confirmed', reason: 'seen by us' }, commandContext());
  await threads.rewordClaim(id, 'visit', { statement: 'Kim visits Putin', reason: 'shorter' }, commandContext());
  await threads.revise(id, { headline: 'Kim in Russia', slug: `kim-in-russia${suffix}` }, commandContext());
  await threads.liftRuling(id, 'eef', 'not needed', commandContext());
  await threads.changePolicy(id, 'standard-2', 'one wire', commandContext());
  await threads.close(id, 'over', commandContext());
  await threads.reopen(id, 'not over', commandContext());
  await threads.revise(id, { slug: `kim-putin-visit${suffix}` }, commandContext());
  const piece = { piece: `cms${suffix}`, title: null, publishedAt: statedAt, revision: null, claims: null };
  await threads.publish(id, piece, commandContext());
  const other = { ...piece, revision: 16n, title: 'Kim goes east', claims: ['visit', 'arms'] };
  const { publication } = await threads.publish(id, other, commandContext());
  await threads.withdraw(id, publication.publicationId, 'pulled', commandContext());
}

/** One merge that stands, and one that is undone after the survivor has heard more. Needs four stories, -0 to -3. */
export async function mergeAndPart({ threads }: Newsroom): Promise<void> {
  const id = (n: number) => `kim-putin-visit-${n}`;
  await threads.merge(id(0), id(1), 'one story', commandContext());
  const carried = await threads.rewordClaim(
    id(2),
    'arms',
    { statement: 'Arms talks', reason: 'shorter' },
    commandContext(),
  );
  const claim = carried.claimId ?? '';
  const [first, ...others] = seedStory.attributions;
  if (first === undefined) throw new Error('The seed story has no attributions.');
  const heard = await threads.record(id(2), { ...attributionInput(first, '-2'), key: 'late' }, commandContext());
  await threads.merge(id(2), id(3), 'one story', commandContext());
  await threads.void(id(3), heard.attributionId ?? '', 'typed twice', commandContext());
  for (const step of others.slice(0, 3)) {
    const more = { ...attributionInput(step, '-3'), claim, key: `more-${step.n}` };
    await threads.record(id(3), more, commandContext());
  }
  await threads.revise(id(3), { language: 'ru' }, commandContext());
  await threads.unmerge(id(2), 'two stories', commandContext());
  await threads.revise(id(2), { language: 'de' }, commandContext());
  await threads.close(id(1), 'over', commandContext());
  await threads.changePolicy(id(2), 'standard-1', 'as before', commandContext());
  await threads.ledgerPolicy.adopt({ policy: 'standard-2', reason: 'one wire' }, commandContext());
}

/** All rows of a projection's tables as text, in no order of their own. */
export async function rowsOf(
  { database }: { readonly database: Pick<Newsroom['database'], 'ownerPool'> },
  projection: Projection,
): Promise<readonly string[]> {
  const rows = await Promise.all(
    projection.entities.map((entity) =>
      database.ownerPool.query<{ row: string }>(
        `SELECT to_json(t)::text AS row FROM read_models.${entity.options.tableName} t`,
      ),
    ),
  );
  return rows.flatMap((result) => result.rows.map(({ row }) => row)).toSorted();
}

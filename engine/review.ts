import type { Partition } from './partition.ts';
import type { Population } from './population.ts';

/** So many agents are looked at in one go when it concerns all of an organisation; then others have their turn. */
const LOOKED_AT_ONCE = 128;

/**
 * Looks at every agent of an organisation who is here, because its law is another one. Resolves when what follows is
 * durable.
 * @throws Error when something could not be written down
 */
export async function review(population: Population, organisationId: number): Promise<void> {
  for await (const { partition, agentIds } of visit(population, organisationId)) {
    const answers = await Promise.all(
      agentIds.map((agentId) => partition.dispatch(agentId, { input: { type: 'review' } })),
    );
    // Who was deactivated meanwhile has no presence to show.
    const failed = answers.find((answer) => !answer.ok && answer.code !== 'NOT_FOUND');
    if (failed?.ok === false) throw new Error(failed.message);
  }
}

/** Goes to all of an organisation who are here, some at a time: they may be many. */
export async function* visit(
  { partitions }: Population,
  organisationId: number,
): AsyncGenerator<{ readonly partition: Partition; readonly agentIds: readonly number[] }, void, void> {
  let looked = 0;
  for (const partition of partitions) {
    const present = [...partition.directory.present(organisationId)];
    for (let next = 0; next < present.length; next += LOOKED_AT_ONCE) {
      const agentIds = present.slice(next, next + LOOKED_AT_ONCE);
      yield { partition, agentIds };
      looked += agentIds.length;
      if (looked < LOOKED_AT_ONCE) continue;
      looked = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

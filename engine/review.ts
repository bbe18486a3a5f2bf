import type { Population } from './population.ts';

/** So many agents are looked at anew in one go; then others have their turn. */
const REVIEWED_AT_ONCE = 256;

/**
 * Looks at every agent of an organisation who is here, because its law is another one. Resolves when what follows is
 * durable.
 * @throws Error when something could not be written down
 */
export async function review({ partitions }: Population, organisationId: number): Promise<void> {
  for (const partition of partitions) {
    const present = [...partition.directory.present(organisationId)];
    for (let next = 0; next < present.length; next += REVIEWED_AT_ONCE) {
      const chunk = present.slice(next, next + REVIEWED_AT_ONCE);
      const answers = await Promise.all(
        chunk.map((agentId) => partition.dispatch(agentId, { input: { type: 'review' } })),
      );
      // Who was deactivated meanwhile has no presence to show.
      const failed = answers.find((answer) => !answer.ok && answer.code !== 'NOT_FOUND');
      if (failed?.ok === false) throw new Error(failed.message);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

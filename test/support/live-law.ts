/** An engine whose law may become another while it runs. */
import { Catalogue, type Status } from '../../engine/catalogue.ts';
import type { AgentEvent } from '../../engine/events.ts';
import type { Config, Law } from '../../engine/law.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Deeds } from './deeds.ts';
import { member, startEngine } from './engines.ts';
import { CONFIG, LAW, STATUSES, TRANSITIONS } from './laws.ts';

/** The law with one status changed. */
export function changed(code: string, more: Partial<Status>): Law {
  const statuses = STATUSES.map((status) => (status.code === code ? { ...status, ...more } : status));
  return { ...LAW, catalogue: new Catalogue(statuses, TRANSITIONS) };
}

export const withConfig = (config: Partial<Config>): Law => ({ ...LAW, config: { ...CONFIG, ...config } });

/** Its first agent, what becomes true of that agent, and the way to another law. */
export async function startUnder(
  first: Law = LAW,
  { members = [member(1), member(2)], journal = new MemoryJournal() } = {},
) {
  let law = first;
  const started = await startEngine({
    members,
    journal,
    catalogue: () => law.catalogue,
    config: () => law.config,
  });
  const events: AgentEvent[] = [];
  started.engine.listen(1, ({ event }) => void events.push(event));
  return {
    ...started,
    events,
    agent: new Deeds(started.engine, 1),
    enact: async (next: Law, organisationId = 1) => {
      law = next;
      await started.engine.review(organisationId);
    },
  };
}

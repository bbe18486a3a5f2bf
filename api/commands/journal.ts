/**
 * `npm run journal -- --agent 42 [--from 2026-01-05] [--to 2026-01-06T12:00] [--data-dir DIR]`: what happened to an
 * agent, from the local journal. Reads alone: also while the server runs, or after it crashed.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeEntries, decodeEvents, timeOf } from '../../engine/entries.ts';
import { lookAt, type Onlooker } from '../../engine/journal/onlooker.ts';
import { BadVariable, readEnvironment } from '../config.ts';
import { concerns, inWords } from '../journal-words.ts';
import { startUpMessage } from '../start-up-errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

try {
  const { agent, from, to, dataDir } = readArguments();
  const folder = resolve(dataDir);
  const journal = lookAt(folder);
  const begin = await journal.begin();
  if (begin === null) throw new BadVariable(`--data-dir: there is no journal in ${folder}`);
  if (begin > 0) tell(`the journal here begins at ${begin}; what was before is in the documents alone`);
  const agentId = /^\d+$/.test(agent) ? Number(agent) : await findByName(journal, agent);
  const count = await print(journal, { agentId, from, to });
  tell(`${count} entries of agent ${agentId}`);
} catch (error) {
  tell(startUpMessage(error));
  process.exitCode = 1;
}

async function print(
  journal: Onlooker,
  { agentId, from, to }: { agentId: number; from: number; to: number },
): Promise<number> {
  const names = new Map<number, string>();
  let organisationId: number | null = null;
  let count = 0;
  for await (const { events } of journal.batches(tellDamage)) {
    for (const entry of decodeEntries(events)) {
      if (entry.kind === 'event') {
        const { agent, organisation, set } = entry.event;
        if (set.member !== undefined) names.set(agent, set.member.name);
        if (agent === agentId) organisationId = organisation;
      }
      const at = timeOf(entry);
      if (!concerns(entry, { agentId, organisationId }) || at < from || at >= to) continue;
      process.stdout.write(`${inWords(entry, names)}\n`);
      count += 1;
    }
  }
  return count;
}

/** The one agent who has or had that full name. @throws BadVariable for nobody, or several. */
async function findByName(journal: Onlooker, name: string): Promise<number> {
  const wanted = name.trim().toLowerCase();
  const found = new Set<number>();
  for await (const { events } of journal.batches(() => undefined))
    for (const { agent, set } of decodeEvents(events))
      if (set.member?.name.toLowerCase() === wanted) found.add(agent);
  const [only, ...others] = found;
  if (only === undefined) throw new BadVariable(`--agent: the journal knows nobody called ${name}`);
  if (others.length > 0)
    throw new BadVariable(`--agent: ${name} may be ${[only, ...others].join(', ')}; name one by number`);
  return only;
}

function readArguments(): { agent: string; from: number; to: number; dataDir: string } {
  const { values } = parseArgs({
    options: {
      agent: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'data-dir': { type: 'string' },
    },
  });
  if (values.agent === undefined || values.agent.trim() === '')
    throw new BadVariable('--agent: must be the id or the full name of an agent');
  return {
    agent: values.agent,
    from: values.from === undefined ? -Infinity : instantOf('--from', values.from),
    to: values.to === undefined ? Infinity : instantOf('--to', values.to),
    dataDir: values['data-dir'] ?? readEnvironment(process.env).DATA_DIR,
  };
}

/** Local time, unless it names a zone; a day is its beginning. */
function instantOf(option: string, text: string): number {
  const at = Date.parse(DAY.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(at))
    throw new BadVariable(`${option}: must be a time such as 2026-01-05 or 2026-01-05T09:30`);
  return at;
}

function tellDamage(position: number): void {
  tell(`the journal is damaged at position ${position}`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

import { createRollcallClient } from '../../sdk/client.ts';
import type { Tile } from '../../../api/contract/tile.ts';
import { WebSocket } from 'ws';
import type { Acknowledged, JudgedAgent } from './judged-agent.ts';

export interface Verdict {
  readonly acknowledged: number;
  /** Changes that were asked for and not answered, and how many of them had happened nonetheless. */
  readonly unanswered: number;
  readonly happened: number;
  readonly complaints: readonly string[];
}

/** A restart marks the agent as reconnecting, and its return as connected: two events that nobody asked for. */
const EVENTS_OF_A_RESTART = 2;
/** Below the limit of frames a socket may send. */
const REPEAT_EVERY_MS = 60;

/** Compares what was promised to the agents with what the server, started again, shows through its public API. */
export async function judge(url: string, agents: readonly JudgedAgent[], token: string): Promise<Verdict> {
  const verdicts = await Promise.all(agents.map((agent) => judgeAgent(url, agent)));
  const complaints = [
    ...agents.flatMap((agent) => agent.complaints.splice(0)),
    ...(await judgeBoard(url, agents, token)),
  ];
  const acknowledged = agents.reduce((sum, agent) => sum + agent.acknowledged.length, 0);
  for (const agent of agents) {
    agent.acknowledged = [];
    agent.unanswered = null;
  }
  return {
    acknowledged,
    unanswered: verdicts.filter((verdict) => verdict !== 'all answered').length,
    happened: verdicts.filter((verdict) => verdict === 'happened').length,
    complaints,
  };
}

/** The session goes on, and the state is the last acknowledged one, or the one whose answer was lost: whole, not half. */
async function judgeAgent(
  url: string,
  agent: JudgedAgent,
): Promise<'all answered' | 'happened' | 'did not happen'> {
  const { acknowledged, unanswered, complaints } = agent;
  const last: Acknowledged | undefined = acknowledged.at(-1);
  const before = last ?? agent.certain;
  const welcome = await agent.connect(url);
  const { tile } = welcome;
  if (!welcome.resumed) {
    complaints.push(`${agent.name}: the session was not resumed`);
    return 'did not happen';
  }
  const happened = unanswered !== null && tile.reason === unanswered.reason;
  const expected = happened
    ? { seq: before.seq + 1, status: unanswered.status, reason: unanswered.reason }
    : { seq: before.seq, status: before.status, reason: before.reason };
  const shown = { seq: tile.seq - EVENTS_OF_A_RESTART, status: tile.duty, reason: tile.reason ?? null };
  if (JSON.stringify(shown) !== JSON.stringify(expected)) {
    complaints.push(`${agent.name}: shows ${JSON.stringify(shown)}, must be ${JSON.stringify(expected)}`);
  }
  for (const first of acknowledged) {
    await agent.repeat(first);
    await new Promise((resolve) => setTimeout(resolve, REPEAT_EVERY_MS));
  }
  agent.certain = { seq: tile.seq, status: expected.status, reason: expected.reason };
  return unanswered === null ? 'all answered' : happened ? 'happened' : 'did not happen';
}

/** The board shows each agent at the seq that its own socket was told, and nobody's seq moved by the repeats. */
async function judgeBoard(url: string, agents: readonly JudgedAgent[], token: string): Promise<string[]> {
  const client = createRollcallClient({ url, token: () => token, WebSocket });
  const { agents: tiles } = await client.api.presence.board.query({ scope: { all: true } });
  client.close();
  const bySeq = tiles.map(({ seq }: Tile) => seq).sort((a, b) => a - b);
  const expected = [
    ...agents.map(({ certain }) => certain.seq),
    ...Array.from({ length: tiles.length - agents.length }, () => 0),
  ].sort((a, b) => a - b);
  return JSON.stringify(bySeq) === JSON.stringify(expected)
    ? []
    : ['the board shows other seqs than the agents were told'];
}

import { z } from 'zod';
import { categorySchema, connectivitySchema, tileSchema } from './tile.ts';

/** How many agents are what. */
const countsSchema = z.object({
  total: z.int(),
  routable: z.int(),
  /** By effective code; a code that nobody has is left out. */
  byStatus: z.record(z.string(), z.int()),
  byCategory: z.record(categorySchema, z.int()),
  byConnectivity: z.record(connectivitySchema, z.int()),
});

/** An agent, and since when; epoch milliseconds. */
const sinceSchema = z.object({ id: z.int(), name: z.string(), since: z.number() });

/** Times are epoch milliseconds. */
export const incidentSchema = z.discriminatedUnion('kind', [
  /** Many lost their connection at once, or the server started: until then nobody counts as gone or idle. */
  z.object({ kind: z.enum(['mass_disconnect', 'restart']), since: z.number(), until: z.number() }),
  /** An agent's connection comes and goes; whose it is, in the full view only. */
  z.object({
    kind: z.literal('flapping'),
    since: z.number(),
    agent: z.object({ id: z.int(), name: z.string() }).optional(),
  }),
]);
export type Incident = z.infer<typeof incidentSchema>;

export const summarySchema = countsSchema.extend({
  asOf: z.number(),
  /** Those of each team that has somebody in the scope, by its id; those without a team last. */
  teams: z.array(countsSchema.extend({ teamId: z.int().nullable() })),
  /** Who has had each status longest; of those who are offline it isn't told. */
  longest: z.record(z.string(), sinceSchema),
  /** Whose break or wrap-up is over, and since when: the first 100 by name, in the full view only. */
  overruns: z.object({ count: z.int(), agents: z.array(sinceSchema).optional() }),
  /** What is wrong with the platform, and then with agents' connections, until it ends. */
  incidents: z.array(incidentSchema),
});
export type Summary = z.infer<typeof summarySchema>;

/** What a watcher of a summary gets. The id of each (tracked) event names the summary that holds after it. */
export const summaryEventSchema = z.discriminatedUnion('type', [
  /** The whole summary: forget what you had. */
  summarySchema.extend({ type: z.literal('summary') }),
  /** Nothing changed for a while, or since `lastEventId`; the summary is still so as of `asOf`. */
  z.object({ type: z.literal('pulse'), asOf: z.number() }),
]);
export type SummaryEvent = z.infer<typeof summaryEventSchema>;

/** Whom to give work to, and until when nobody else is told the same; null where nobody is available. */
export const nextAvailableSchema = z.object({ tile: tileSchema, until: z.number() }).nullable();
export type NextAvailable = z.infer<typeof nextAvailableSchema>;

import { router } from '../trpc/procedures.ts';
import { activitiesRouter } from './activities.ts';
import { agentsRouter } from './agents.ts';
import { auditRouter } from './audit.ts';
import { authRouter } from './auth.ts';
import { configRouter } from './config.ts';
import { messagesRouter } from './messages.ts';
import { presenceRouter } from './presence.ts';
import { statusesRouter } from './statuses.ts';
import { teamsRouter } from './teams.ts';

/** Every procedure. Clients take its type. */
export const appRouter = router({
  auth: authRouter,
  agents: agentsRouter,
  teams: teamsRouter,
  statuses: statusesRouter,
  presence: presenceRouter,
  messages: messagesRouter,
  activities: activitiesRouter,
  config: configRouter,
  audit: auditRouter,
});

export type AppRouter = typeof appRouter;

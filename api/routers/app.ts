import { router } from '../trpc/procedures.ts';
import { agentsRouter } from './agents.ts';
import { authRouter } from './auth.ts';
import { presenceRouter } from './presence.ts';

/** Every procedure. Clients take its type. */
export const appRouter = router({ auth: authRouter, agents: agentsRouter, presence: presenceRouter });

export type AppRouter = typeof appRouter;

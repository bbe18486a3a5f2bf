import { WITH_PRESENCE } from '../auth/permissions.ts';
import { recordActivityInput } from '../contract/activities.ts';
import { doneOrThrow } from '../errors.ts';
import { activityOf } from '../message-commands.ts';
import { procedureFor, router } from '../trpc/procedures.ts';

export const activitiesRouter = router({
  /** Records what the caller did elsewhere, once for each id; answers when it is on disk. */
  record: procedureFor(WITH_PRESENCE)
    .input(recordActivityInput)
    .mutation(async ({ ctx, input }): Promise<void> => {
      const { member } = ctx.principal;
      const activity = activityOf(input, { member, now: ctx.clock.now() });
      const command = { id: `activity ${input.id}`, user: member.id };
      doneOrThrow(await ctx.engine.recordActivity(activity, command));
    }),
});

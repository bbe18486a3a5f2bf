import * as rows from '../../drizzle/repositories/config.ts';
import { actorOf } from '../actor.ts';
import { ADMINS } from '../auth/permissions.ts';
import { itemOf, itemsOf } from '../configuration.ts';
import { CONFIG_KEYS, type ConfigItem, configKeyInput, setConfigInput } from '../contract/config.ts';
import { stored } from '../errors.ts';
import { procedureFor, router } from '../trpc/procedures.ts';

/** What the organisation may set. Changes hold when they are answered. */
export const configRouter = router({
  list: procedureFor(ADMINS).query(async ({ ctx }): Promise<readonly ConfigItem[]> =>
    itemsOf(await stored(rows.list(ctx.db, ctx.principal.member.organisationId))),
  ),

  get: procedureFor(ADMINS)
    .input(configKeyInput)
    .query(async ({ ctx, input: { key } }): Promise<ConfigItem> => {
      const all = await stored(rows.list(ctx.db, ctx.principal.member.organisationId));
      return itemOf(key, all.find((row) => row.key === key) ?? null);
    }),

  set: procedureFor(ADMINS)
    .input(setConfigInput)
    .mutation(async ({ ctx, input: { key, value } }): Promise<ConfigItem> => {
      const { organisationId } = ctx.principal.member;
      const { type, description } = CONFIG_KEYS[key];
      const change = { organisationId, key, value: String(value), type, description };
      const row = await stored(rows.set(ctx.db, change, actorOf(ctx)));
      await ctx.relay.relayed();
      return itemOf(key, row);
    }),
});

import type { Member } from '../engine/member.ts';
import type { ActivityDocument } from '../engine/documents/shapes.ts';
import type { Addressees } from '../engine/sending.ts';
import { mayWriteTo, mayWriteToMany } from './auth/permissions.ts';
import { agentOf, viewerOf } from './auth/scopes.ts';
import type { Activity } from './contract/activities.ts';
import { RollcallError } from './contract/errors.ts';
import type { SendInput, SentMessage } from './contract/messages.ts';
import { doneOrThrow } from './errors.ts';
import type { Calling } from './watching.ts';

/**
 * Sends a message to whom the caller may write to; resolves once it is durable.
 * @throws RollcallError NOT_FOUND, FORBIDDEN, and what the engine refuses
 */
export async function sendMessage(
  ctx: Calling,
  { to, commandId: id, ...texts }: SendInput,
): Promise<SentMessage> {
  const { member } = ctx.principal;
  const addressees = addresseesOf(ctx, to);
  const command = { id, user: member.id };
  const { sent } = doneOrThrow(
    await ctx.engine.messages.send(member.id, { ...texts, to: addressees }, command),
  );
  if (sent === undefined)
    throw new RollcallError('another command had this id', {
      code: 'CONFLICT',
      fields: { commandId: 'another command had this id' },
    });
  return { messageId: sent.id, recipients: sent.recipients };
}

/** As it is kept. */
export function activityOf(
  { id, type, description, timestamp, metadata }: Activity,
  { member: { id: agentId, organisationId }, now }: { readonly member: Member; readonly now: number },
): ActivityDocument {
  const at = Math.min(timestamp ?? now, now);
  return { id, organisationId, agentId, type, description, at, metadata: metadata ?? null };
}

function addresseesOf(ctx: Calling, to: SendInput['to']): Addressees {
  const viewer = viewerOf(ctx);
  const { organisationId } = viewer.member;
  if ('userIds' in to) {
    for (const userId of to.userIds) {
      const target = agentOf(ctx, userId);
      const supervises = ctx.teams.supervisedBy(organisationId, userId);
      if (!mayWriteTo(viewer, { member: target, supervises })) throw notToThem();
    }
    return { kind: 'direct', userIds: to.userIds };
  }
  const teamId = 'teamId' in to ? to.teamId : null;
  if (teamId !== null && !ctx.teams.has(organisationId, teamId))
    throw new RollcallError(`there is no team ${teamId}`, { code: 'NOT_FOUND' });
  if (!mayWriteToMany(viewer, teamId)) throw notToThem();
  return teamId === null ? { kind: 'all' } : { kind: 'team', teamId };
}

function notToThem(): RollcallError {
  return new RollcallError('not to them', { code: 'FORBIDDEN' });
}

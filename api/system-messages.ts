import type { Announce, Announcement } from '../engine/announcements.ts';
import type { Catalogue } from '../engine/catalogue.ts';
import type { AgentEvent } from '../engine/events.ts';
import type { AgentRecord } from '../engine/record.ts';
import type { Teams } from './teams.ts';

export interface SystemMessagesOptions {
  readonly teams: Pick<Teams, 'supervisorOf'>;
  readonly catalogue: (organisationId: number) => Catalogue;
}

/** What the system itself tells people, of what happens to agents: whoever supervises their team. */
export function systemMessages({ teams, catalogue }: SystemMessagesOptions): Announce {
  return (event, before) => {
    if (event.effects?.includes('notify_supervisors') !== true) return null;
    const member = event.set.member ?? before.member;
    const supervisor =
      member.teamId === null ? null : teams.supervisorOf(member.organisationId, member.teamId);
    // Nobody is told of themselves.
    if (supervisor === null || supervisor === member.id) return null;
    return overdue(event, before, { supervisor, catalogue: catalogue(member.organisationId) });
  };
}

function overdue(
  { set }: AgentEvent,
  before: AgentRecord,
  { supervisor, catalogue }: { readonly supervisor: number; readonly catalogue: Catalogue },
): Announcement {
  const { name } = set.member ?? before.member;
  const code = set.dutyCode ?? before.dutyCode ?? before.status;
  const label = catalogue.status(code)?.label ?? code;
  return {
    recipientIds: [supervisor],
    subject: label,
    content: `${name} has been in “${label}” for longer than it may last.`,
    priority: 'high',
  };
}

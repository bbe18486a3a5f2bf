import { describe, expect, test } from 'vitest';
import { systemMessages } from '../../api/system-messages.ts';
import type { AgentEvent, Effect } from '../../engine/events.ts';
import { newcomer } from '../../engine/record.ts';
import { member } from '../support/engines.ts';
import { LAW } from '../support/laws.ts';

const SUPERVISOR = 50;
const announce = systemMessages({
  teams: {
    supervisorOf: (organisationId, teamId) => (organisationId === 1 && teamId === 1 ? SUPERVISOR : null),
  },
  catalogue: () => LAW.catalogue,
});

/** Somebody has been in a break. */
const before = (more: Parameters<typeof member>[1] = {}, id = 7) => ({
  ...newcomer(member(id, more)),
  dutyCode: 'lunch',
  status: 'lunch',
});

function event(effects: readonly Effect[] | undefined, set: AgentEvent['set'] = {}): AgentEvent {
  return {
    type: 'law_applied',
    agent: 7,
    organisation: 1,
    seq: 2,
    at: 0,
    ...(effects !== undefined && { effects }),
    set,
  };
}

describe('D2, H1: a break that is over its limit for long', () => {
  test('D2: is told to whoever supervises the agent’s team', () => {
    expect(announce(event(['notify_supervisors']), before())).toEqual({
      recipientIds: [SUPERVISOR],
      subject: 'lunch',
      content: 'Agent 7 has been in “lunch” for longer than it may last.',
      priority: 'high',
    });
  });

  test('D2: by what the event says of the agent, where it does', () => {
    const set = { dutyCode: 'break', member: member(7, { name: 'Ann' }) };
    expect(announce(event(['notify_supervisors'], set), before({ teamId: 2 }))).toMatchObject({
      subject: 'break',
      content: expect.stringMatching(/^Ann has been in “break”/) as string,
    });
  });

  test('D2: is told to nobody where nobody supervises, where there is no team, and not to oneself', () => {
    const overdue = event(['notify_supervisors']);
    expect(announce(overdue, before({ teamId: 2 }))).toBeNull();
    expect(announce(overdue, before({ teamId: null }))).toBeNull();
    expect(announce(overdue, before({ organisationId: 2 }))).toBeNull();
    expect(announce(overdue, before({}, SUPERVISOR))).toBeNull();
  });

  test('H1: other events say nothing', () => {
    expect(announce(event(undefined), before())).toBeNull();
    expect(announce(event(['dismiss', 'notify_forced']), before())).toBeNull();
  });
});

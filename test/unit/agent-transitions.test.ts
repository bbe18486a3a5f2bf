import { describe, expect, test } from 'vitest';
import { apply, type Bench, decide, type Decision } from '../../engine/agent.ts';
import type { Input } from '../../engine/inputs.ts';
import type { Law } from '../../engine/law.ts';
import { machine } from '../../engine/machine.ts';
import type { Role } from '../../engine/member.ts';
import { type AgentRecord, newcomer } from '../../engine/record.ts';
import { compile } from '../../engine/table.ts';
import { opening } from '../support/deeds.ts';
import { member } from '../support/engines.ts';
import { engineLawOf } from '../support/fuzz/translate.ts';
import { choices, lawOf } from '../support/model/law.ts';

const table = compile(machine.config);
const plain = lawOf(1);
const law = engineLawOf(plain);
const ROLES: readonly Role[] = ['viewer', 'agent', 'supervisor', 'manager', 'admin'];
const DUTIES = plain.statuses.filter(({ category, archived }) => category !== 'offline' && !archived);
const T0 = Date.UTC(2026, 0, 5, 8);

const bench = (more: Partial<Bench> = {}): Bench => ({ table, law, now: T0, frozenUntil: null, ...more });

const choose = (status: string, reason: string | null = 'because'): Input => ({
  type: 'choose',
  status,
  reason,
  session: 's1',
  by: 1,
});

/** An agent whose duty is that code. */
function onDuty(code: string, role: Role = 'agent'): AgentRecord {
  const starting: Law = { ...law, config: { ...law.config, DEFAULT_LOGIN_STATUS: code } };
  const open: Input = opening('s1');
  return after(
    newcomer(member(1, { role })),
    decide(newcomer(member(1, { role })), open, bench({ law: starting })),
  );
}

function after(record: AgentRecord, decision: Decision): AgentRecord {
  if (decision.kind !== 'changed') throw new Error(`it was ${decision.kind}`);
  return apply(record, decision.event);
}

/** The reason that was taken down, or what a refusal says. */
function outcomeOf(decision: Decision): unknown {
  switch (decision.kind) {
    case 'changed':
      return decision.event.set.dutyReason;
    case 'unchanged':
      return null;
    case 'refused':
      return { code: decision.refusal.code, allowed: decision.refusal.allowed };
  }
}

function done(record: AgentRecord, input: Input): AgentRecord {
  return after(record, decide(record, input, bench()));
}

describe('A1, A2: the axes', () => {
  test('A1: who loses the connection is reconnecting until a deadline, then disconnected; nobody else has one', () => {
    const until = T0 + law.config.RECONNECT_GRACE_SECONDS * 1000;
    const here = onDuty('available');
    const lost = done(here, { type: 'lose', session: 's1', byServer: false });
    const hello = { type: 'open', session: 's2', device: 'd', address: 'a' } as const;
    const open = { ...hello, lives: 'on_socket', login: 'l2' } as const;
    const back = done(lost, { ...open, resume: { session: 's1', seq: lost.seq } });
    const elsewhere = done(lost, { ...open, resume: null });
    const gone = after(lost, decide(lost, { type: 'grace' }, bench({ now: until })));
    expect(lost).toMatchObject({ connectivity: 'reconnecting', graceUntil: until });
    for (const record of [here, back, elsewhere])
      expect(record).toMatchObject({ connectivity: 'connected', graceUntil: null });
    expect(gone).toMatchObject({ connectivity: 'disconnected', graceUntil: null });
    expect(decide(lost, { type: 'grace' }, bench({ now: until - 1 }))).toEqual({ kind: 'unchanged' });
  });

  test.each(DUTIES)(
    'A2: $code is declared by its code, and has its category: $category',
    ({ code, category }) => {
      const declared = { dutyCode: code, duty: category };
      expect(onDuty(code)).toMatchObject(declared);
      for (const from of DUTIES.filter((duty) => choices(plain, 'supervisor', duty.code).includes(code)))
        expect(done(onDuty(from.code, 'supervisor'), choose(code))).toMatchObject(declared);
    },
  );
});

describe('A9: an agent’s own choice', () => {
  const pairs = ROLES.flatMap((role) => DUTIES.map(({ code }) => [role, code] as const));

  test.each(pairs)(
    'A9: as %s, after %s exactly what is allowed is done; all else is refused and says so',
    (role, from) => {
      const record = Object.freeze(onDuty(from, role));
      const allowed = choices(plain, role, from);
      const outcomes = DUTIES.map(({ code }) => [code, outcomeOf(decide(record, choose(code), bench()))]);
      const expected = DUTIES.map(({ code }) => [
        code,
        code === from || allowed.includes(code) ? 'because' : { code: 'TRANSITION_NOT_ALLOWED', allowed },
      ]);
      expect(outcomes).toEqual(expected);
    },
  );

  test.each(['nonsense', 'retired'])('A9: %s is UNKNOWN_STATUS, with what is allowed', (code) => {
    expect(decide(onDuty('break'), choose(code), bench())).toEqual({
      kind: 'refused',
      refusal: {
        ok: false,
        code: 'UNKNOWN_STATUS',
        message: `there is no status "${code}"`,
        allowed: choices(plain, 'agent', 'break'),
      },
    });
  });

  test.each([null, ''])('A8: a status that needs a reason is REASON_REQUIRED with %j', (reason) => {
    const refused = {
      kind: 'refused',
      refusal: { code: 'REASON_REQUIRED', allowed: choices(plain, 'agent', 'busy') },
    };
    expect(decide(onDuty('busy'), choose('training', reason), bench())).toMatchObject(refused);
  });

  test('A9: the duty is judged, not what is shown', () => {
    const full = done(onDuty('available'), { type: 'work', current: 2, max: 2, session: 's1', by: 1 });
    expect(full).toMatchObject({ status: 'busy', cause: 'capacity', dutyCode: 'available' });
    expect(decide(full, choose('wrap_up'), bench())).toMatchObject({
      refusal: { code: 'TRANSITION_NOT_ALLOWED' },
    });
    expect(done(full, choose('break'))).toMatchObject({ status: 'break' });
  });
});

describe('A2: the duty', () => {
  test.each(DUTIES)(
    'A2: $code is what was declared, of its own category, whatever covers it',
    ({ code, category }) => {
      const declared = onDuty(code);
      expect(declared).toMatchObject({ dutyCode: code, duty: category, status: code, category });
      const force: Input = { type: 'force', status: 'away', reason: 'now', hold: true, by: 900 };
      const covered = done(declared, force);
      expect(covered).toMatchObject({ dutyCode: code, duty: category, status: 'away' });
      expect(done(covered, { type: 'release', by: 900 })).toMatchObject({ dutyCode: code, status: code });
    },
  );
});

describe('A10: the same again', () => {
  test('A10: the same code with the same reason journals nothing', () => {
    const busy = done(onDuty('available'), choose('meeting'));
    expect(decide(busy, choose('meeting'), bench({ now: T0 + 5000 }))).toEqual({ kind: 'unchanged' });
  });

  test('A10: another reason is journalled; since and the duty’s start stay', () => {
    const busy = done(onDuty('available'), choose('meeting'));
    const decision = decide(busy, choose('meeting', 'another'), bench({ now: T0 + 5000 }));
    expect(after(busy, decision)).toMatchObject({
      seq: 3,
      dutyReason: 'another',
      since: T0,
      dutySince: T0,
      status: 'meeting',
    });
    expect(decision).not.toHaveProperty('event.previous');
  });

  test('A10: the same again ends an override, and idleness', () => {
    const forced = done(onDuty('available'), {
      type: 'force',
      status: 'meeting',
      reason: 'r',
      hold: false,
      by: 9,
    });
    expect(done(forced, choose('available', null))).toMatchObject({
      status: 'available',
      override: 'none',
      seq: 3,
    });
    const idle = done(onDuty('available'), { type: 'idle', since: T0 - 300_000 });
    expect(done(idle, choose('available', null))).toMatchObject({
      status: 'available',
      activity: 'active',
      seq: 3,
    });
  });

  test('A10: a fresh log-in starts at the default status, another session keeps the duty', () => {
    const onBreak = done(onDuty('available'), choose('break'));
    const second: Input = opening('s2');
    expect(done(onBreak, second)).toMatchObject({
      dutyCode: 'break',
      sessions: [{ id: 's1' }, { id: 's2' }],
    });
    const gone = done(onBreak, { type: 'leave', cause: 'agent', reason: null, session: 's1', by: 1 });
    expect(done(gone, second)).toMatchObject({
      dutyCode: 'available',
      sessions: [{ id: 's2' }],
      status: 'available',
    });
    const absent: Law = { ...law, config: { ...law.config, DEFAULT_LOGIN_STATUS: 'retired' } };
    expect(after(gone, decide(gone, second, bench({ law: absent })))).toMatchObject({
      dutyCode: 'available',
    });
  });
});

describe('B3, B7: what a decision stands on', () => {
  test('B7: expectSeq that is not the agent’s seq is CONFLICT with the current state, and goes before all else', () => {
    const record = onDuty('break');
    for (const expectSeq of [0, 2]) {
      expect(decide(record, choose('busy'), bench({ expectSeq }))).toMatchObject({
        refusal: { code: 'CONFLICT', current: { seq: 1, tile: { status: 'break', seq: 1 } } },
      });
    }
    expect(decide(record, choose('available'), bench({ expectSeq: 1 })).kind).toBe('changed');
  });

  test('B3: an event is never before the agent’s last', () => {
    const record = done(onDuty('available'), choose('busy'));
    const decision = decide(record, choose('away'), bench({ now: T0 - 3_600_000 }));
    expect(after(record, decision)).toMatchObject({ lastAt: T0, since: T0, dutySince: T0, status: 'away' });
  });

  test('B3: deciding and applying change no record, and the same is decided again', () => {
    const record = Object.freeze(onDuty('available'));
    expect(decide(record, choose('busy'), bench())).toEqual(decide(record, choose('busy'), bench()));
    expect(record.dutyCode).toBe('available');
  });

  test('A7: an effective change says why, who, through what, and what was before', () => {
    expect(decide(onDuty('available'), choose('break'), bench())).toMatchObject({
      event: {
        cause: 'agent',
        by: 1,
        reason: 'because',
        previous: 'available',
        session: { id: 's1', device: 'a device', address: '127.0.0.1' },
      },
    });
  });

  test('B9: the first event of an agent says who the agent is', () => {
    const open: Input = opening('s1');
    expect(decide(newcomer(member(1)), open, bench())).toMatchObject({
      event: { set: { member: member(1) } },
    });
    expect(decide(onDuty('busy'), choose('away'), bench())).not.toHaveProperty('event.set.member');
  });
});

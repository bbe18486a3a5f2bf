import { describe, expect, test } from 'vitest';
import { decodeEntries, decodeEvents, encodeEntries, type JournalEntry } from '../../engine/entries.ts';

/** As they were written when each format was new. Never written again: what they hold must be readable for ever. */
const FRAMES = {
  1: frame(
    1,
    '{"type":"status_chosen","agent":7,"organisation":1,"seq":2,"at":1767600000000,"by":7,"command":{"id":"c","session":"s"},"cause":"agent","previous":"available","set":{"duty":"busy","dutyCode":"busy","status":"busy","category":"busy","since":1767600000000,"routable":false}}',
  ),
  3: Buffer.concat([
    frame(
      3,
      '{"kind":"message","message":{"id":"m1","organisationId":1,"kind":"direct","senderId":7,"senderName":"Zoë","teamId":null,"recipientIds":[8],"subject":null,"content":"สวัสดี","priority":"urgent","holdUntilFree":false,"expiresAt":null,"createdAt":1767600000001},"command":{"id":"d","user":7}}',
    ),
    frame(
      3,
      '{"kind":"receipt","receipt":{"messageId":"m1","recipientId":8,"step":"read","at":1767600000002}}',
    ),
    frame(
      3,
      '{"kind":"activity","activity":{"id":"a1","organisationId":1,"agentId":8,"type":"csat","description":"","at":1767600000003,"metadata":{"rating":5}}}',
    ),
  ]),
};

const EVENT: JournalEntry = {
  kind: 'event',
  event: {
    type: 'status_chosen',
    agent: 7,
    organisation: 1,
    seq: 2,
    at: 1767600000000,
    by: 7,
    command: { id: 'c', session: 's' },
    cause: 'agent',
    previous: 'available',
    set: {
      duty: 'busy',
      dutyCode: 'busy',
      status: 'busy',
      category: 'busy',
      since: 1767600000000,
      routable: false,
    },
  },
};

const NOTES: readonly JournalEntry[] = [
  {
    kind: 'message',
    message: {
      id: 'm1',
      organisationId: 1,
      kind: 'direct',
      senderId: 7,
      senderName: 'Zoë',
      teamId: null,
      recipientIds: [8],
      subject: null,
      content: 'สวัสดี',
      priority: 'urgent',
      holdUntilFree: false,
      expiresAt: null,
      createdAt: 1767600000001,
    },
    command: { id: 'd', user: 7 },
  },
  { kind: 'receipt', receipt: { messageId: 'm1', recipientId: 8, step: 'read', at: 1767600000002 } },
  {
    kind: 'activity',
    activity: {
      id: 'a1',
      organisationId: 1,
      agentId: 8,
      type: 'csat',
      description: '',
      at: 1767600000003,
      metadata: { rating: 5 },
    },
  },
];

describe('B9: frames', () => {
  test('B9: of every format are read as they were written', () => {
    expect(decodeEntries(FRAMES[1])).toEqual([EVENT]);
    expect(decodeEntries(FRAMES[3])).toEqual(NOTES);
  });

  test('B9: notes are written in format 3', () => {
    expect(Buffer.from(encodeEntries(NOTES)).equals(FRAMES[3])).toBe(true);
  });

  test('B4: of both kinds stand in one batch, in their order; notes have no seq', () => {
    const [message, ...others] = NOTES;
    if (message === undefined) throw new TypeError('there is a message');
    const both = [message, EVENT, ...others];
    const bytes = encodeEntries(both);
    expect(decodeEntries(bytes)).toEqual(both);
    expect(decodeEvents(bytes).map(({ seq }) => seq)).toEqual([2]);
  });

  test('B9: of a later format stop the reading: nothing is passed over', () => {
    const bytes = Buffer.concat([FRAMES[1], frame(4, '{}')]);
    expect(() => decodeEntries(bytes)).toThrow('a frame of format 4; this version reads up to 3');
  });
});

function frame(format: number, body: string): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(Buffer.byteLength(body), 0);
  header.writeUInt8(format, 4);
  return Buffer.concat([header, Buffer.from(body)]);
}

import { encodeEntries } from '../../engine/entries.ts';

/** So many events of agents who chose a status, as the engine writes them. */
export function eventFrames(count: number): Uint8Array {
  return encodeEntries(
    Array.from({ length: count }, (_, index) => ({
      kind: 'event',
      event: {
        type: 'status_chosen',
        agent: index + 1,
        organisation: 1,
        seq: 2,
        at: Date.UTC(2026, 0, 5, 8),
        by: index + 1,
        session: {
          id: 'node1-5f0c8a52-3b7c-4a51-9f0e-0d6a3f0f6c11',
          device: 'Firefox on Linux',
          address: '192.0.2.17',
        },
        command: { id: String(index), session: 'node1-5f0c8a52-3b7c-4a51-9f0e-0d6a3f0f6c11' },
        cause: 'agent',
        previous: 'available',
        set: {
          duty: 'busy',
          dutyCode: 'busy',
          dutySince: Date.UTC(2026, 0, 5, 8),
          status: 'busy',
          category: 'busy',
          since: Date.UTC(2026, 0, 5, 8),
          routable: false,
        },
      },
    })),
  );
}

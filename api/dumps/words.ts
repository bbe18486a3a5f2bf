import type { Unsettled } from './mark.ts';

const REASONS = {
  power: 'power was lost while the database was in use',
  unmarked: 'nothing says how the database was left',
  missing: 'the database is not there',
} as const;

/**
 * What became of a database, for the log; null where there is nothing to tell.
 * @param lastAt time of the journal's last entry, epoch milliseconds
 */
export function inOneLine(unsettled: Unsettled, lastAt: number | null): string | null {
  switch (unsettled.kind) {
    case 'new':
      return lastAt === null
        ? null
        : 'the database is new and the journal is not: nobody whom the journal tells of exists any more, and ids go on behind theirs';
    case 'unproven':
      return [
        `${REASONS[unsettled.why]}, and there is no dump of it that can be read: it goes on as it is, after all of it ` +
          'could be read and its indexes were made anew',
        ...damagedOnes(unsettled.damaged),
        'all log-in sessions have ended',
      ].join('; ');
    case 'put back': {
      const { why, dump, takenAt, aside, damaged } = unsettled;
      return [
        `${REASONS[why]}: it was put back to dump ${dump} of ${new Date(takenAt).toISOString()}${before(takenAt, lastAt)}`,
        ...damagedOnes(damaged),
        'presence, messages and history are copied from the journal; what was changed since of users, teams, statuses and configuration is lost',
        'all log-in sessions have ended, and ids go on behind those that the journal knows',
        ...(aside === null ? [] : [`the files that were there are in ${aside}`]),
      ].join('; ');
    }
  }
}

/** For the log: dumps that can't be read any more. */
export function damagedOnes(numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `dump ${number} is damaged: what was written is not there any more`);
}

/** How much the dump lacks, as the journal has it. */
function before(takenAt: number, lastAt: number | null): string {
  if (lastAt === null || lastAt <= takenAt) return '';
  const minutes = Math.ceil((lastAt - takenAt) / 60_000);
  return `, ${minutes} min before the last entry of the journal`;
}

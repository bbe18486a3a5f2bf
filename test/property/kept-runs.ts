/**
 * Runs that once failed, as short as they could be made: each is played before new ones are sought. They are kept as the
 * moves that were made, and hold whatever becomes of the generators; where fast-check found them is told for those who
 * want to look there again, with the generators as they were.
 */
import type { Kept } from '../support/stateful/play.ts';

export const keptRuns: readonly Kept[] = [
  {
    title: 'B9: master data of somebody who was only asked after became an event',
    found: { seed: 11, path: '8:9:9:8:11:9:11:5:5:5:7:6:6', replayPath: 'sj//T:d' },
    moves: [
      ['extends', { agent: 22, nth: null, reason: 'a long queue' }],
      ['engine crashes', []],
      ['opens', { agent: 1, resumes: null }],
      ['engine crashes', [{ agent: 22, change: { name: 'Another Name' } }]],
    ],
  },
  {
    title: 'F5: an engine never closed while its journal failed for two agents in turn',
    found: {
      seed: 2,
      path: '737:3:4:9:15:15:17:19:21:18:22:21:22:19:18:19:19:21:23:21:21:26:23',
      replayPath: '5i/////4:9D',
    },
    moves: [
      ['opens', { agent: 30, resumes: null }],
      ['opens', { agent: 9, resumes: null }],
      ['journal trouble', { appendMs: 120, isFailing: true }],
      ['engine crashes', []],
      ['opens', { agent: 1, resumes: null }],
      ['time passes', 2101],
      ['time passes', 999],
      ['engine stops', []],
    ],
  },
];

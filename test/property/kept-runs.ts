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
      ['engine crashes', { changes: [], setByMs: 0 }],
      ['opens', { agent: 1, resumes: null, login: 1 }],
      ['engine crashes', { changes: [{ agent: 22, change: { name: 'Another Name' } }], setByMs: 0 }],
    ],
  },
  {
    title:
      'B6: a command that changed nothing was answered from an image after a restart, and not judged afresh',
    found: {
      seed: 11,
      path: '530:3:5:24:24:33:34:54:57:56:58:57:59:57:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64:64',
      replayPath: 'q/B//////////////////C:5//P',
    },
    moves: [
      ['opens', { agent: 1, resumes: null, login: 1 }],
      [
        'chooses',
        {
          agent: 1,
          nth: null,
          status: 'available',
          reason: null,
          isForLater: false,
          expecting: null,
          login: null,
        },
      ],
      ['forces', { agent: 1, by: 900, status: 'available', hold: false, isForLater: false }],
      ['engine stops', { changes: [], setByMs: 0 }],
      ['comes again', 1],
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
      ['opens', { agent: 30, resumes: null, login: 1 }],
      ['opens', { agent: 9, resumes: null, login: 1 }],
      ['journal trouble', { appendMs: 120, isFailing: true }],
      ['engine crashes', { changes: [], setByMs: 0 }],
      ['opens', { agent: 1, resumes: null, login: 1 }],
      ['time passes', 2101],
      ['time passes', 999],
      ['engine stops', { changes: [], setByMs: 0 }],
    ],
  },
  {
    title:
      'D2, C10: the break of somebody on requests that was over while no engine ran ends when one begins',
    found: { seed: 1, path: '62:4:2:1:1:2:2:3:4:2:3:2:2', replayPath: '/SD///T:7B' },
    moves: [
      [
        'chooses',
        { agent: 43, nth: null, status: 'break', reason: null, isForLater: false, expecting: null, login: 1 },
      ],
      ['engine crashes', { changes: [], setByMs: 3_600_000 }],
    ],
  },
];

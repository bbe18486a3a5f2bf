import { describe, expect, test } from 'vitest';
import { type BoardQuery, EVERYTHING } from '../../clients/wallboard/src/board/board-query.ts';
import { type BoardView, BoardViewer } from '../../clients/wallboard/src/board/board-view.ts';
import { byId, tileOf } from '../support/tiles.ts';

const AGENTS = byId([
  tileOf(1, { name: 'Zoë Weber', since: 5_000 }),
  tileOf(2, { name: 'Ayşe Yılmaz', status: 'busy', category: 'busy', routable: false, since: 2_000 }),
  tileOf(3, {
    name: 'Émile Dubois',
    status: 'lunch',
    category: 'break',
    routable: false,
    since: 3_000,
    teamId: 2,
  }),
  tileOf(4, { name: 'Bo Chen', connectivity: 'reconnecting', routable: false, since: 4_000, teamId: 2 }),
  tileOf(5, {
    name: 'Amara Okafor',
    status: 'offline',
    category: 'offline',
    connectivity: 'disconnected',
    routable: false,
    since: 0,
    teamId: null,
    department: null,
  }),
  tileOf(6, {
    name: 'Diego Silva',
    status: 'offline',
    category: 'offline',
    connectivity: 'disconnected',
    routable: false,
    since: 1_000,
  }),
]);

function viewed(query: Partial<BoardQuery> = {}, viewer = new BoardViewer(), agents = AGENTS): BoardView {
  return viewer.view(agents, { ...EVERYTHING, ...query });
}

function ids({ groups }: BoardView): number[] {
  return groups.flatMap(({ tiles }) => tiles.map(({ id }) => id));
}

describe('the order of tiles', () => {
  test('by name, as a reader of names expects: accents and case put nobody last', () => {
    expect(ids(viewed())).toEqual([5, 2, 4, 6, 3, 1]);
  });

  test('by status: from free to gone, by name within one', () => {
    expect(ids(viewed({ sortBy: 'status' }))).toEqual([4, 1, 2, 3, 5, 6]);
  });

  test('by longest in status: the offline come last, those never seen at the very end', () => {
    expect(ids(viewed({ sortBy: 'longest' }))).toEqual([2, 3, 4, 1, 6, 5]);
  });

  test('an order that moves is held for a beat: tiles change their words at once, their places together', () => {
    const viewer = new BoardViewer();
    const query = { ...EVERYTHING, sortBy: 'status' } as const;
    expect(ids(viewer.view(AGENTS, query, 1))).toEqual([4, 1, 2, 3, 5, 6]);
    const changed = new Map(AGENTS).set(4, tileOf(4, { name: 'Bo Chen', status: 'busy', category: 'busy' }));
    const held = viewer.view(changed, query, 1);
    expect(ids(held)).toEqual([4, 1, 2, 3, 5, 6]);
    expect(held.groups[0]?.tiles[0]?.status).toBe('busy');
    expect(ids(viewer.view(changed, query, 2))).toEqual([1, 2, 4, 3, 5, 6]);
  });

  test('who comes while an order is held comes last; who goes leaves at once', () => {
    const viewer = new BoardViewer();
    const query = { ...EVERYTHING, sortBy: 'longest' } as const;
    viewer.view(AGENTS, query, 1);
    const changed = new Map(AGENTS).set(9, tileOf(9, { since: 1 }));
    changed.delete(3);
    expect(ids(viewer.view(changed, query, 1))).toEqual([2, 4, 1, 6, 5, 9]);
    expect(ids(viewer.view(changed, query, 2))[0]).toBe(9);
  });

  test('names that come later find their place', () => {
    const viewer = new BoardViewer();
    viewed({}, viewer);
    const more = new Map(AGENTS).set(7, tileOf(7, { name: 'Catalina Rojas' }));
    expect(ids(viewed({}, viewer, more))).toEqual([5, 2, 4, 7, 6, 3, 1]);
  });
});

describe('which tiles are seen', () => {
  test('those in any of the chosen categories and statuses', () => {
    expect(ids(viewed({ categories: new Set(['busy']), statuses: new Set(['lunch']) }))).toEqual([2, 3]);
  });

  test('A5: the reconnecting, whatever their status', () => {
    expect(ids(viewed({ marks: new Set(['reconnecting']) }))).toEqual([4]);
  });

  test('A6: the routable', () => {
    expect(ids(viewed({ marks: new Set(['routable']) }))).toEqual([1]);
  });

  test('without the offline', () => {
    expect(ids(viewed({ hidesOffline: true }))).toEqual([2, 4, 3, 1]);
  });

  test('of one team, or of one department', () => {
    expect(ids(viewed({ narrowing: { team: 2 } }))).toEqual([4, 3]);
    expect(ids(viewed({ narrowing: { department: 'Sales' } }))).toEqual([2, 4, 6, 3, 1]);
  });

  test('by name, however it is typed', () => {
    expect(ids(viewed({ search: 'yilmaz' }))).toEqual([2]);
    expect(ids(viewed({ search: '  EMILE dub ' }))).toEqual([3]);
    expect(ids(viewed({ search: 'zoe chen' }))).toEqual([]);
  });
});

describe('counts', () => {
  test('are over what the board is about, not over what the chips chose', () => {
    const all = viewed({ categories: new Set(['busy']) }).counts;
    expect(all).toMatchObject({ total: 6, routable: 1, reconnecting: 1 });
    expect(all.categories.map(({ category, count }) => [category, count])).toEqual([
      ['available', 2],
      ['busy', 1],
      ['wrap_up', 0],
      ['away', 0],
      ['break', 1],
      ['offline', 2],
    ]);
    expect(viewed({ narrowing: { team: 2 } }).counts.total).toBe(2);
  });

  test('a status keeps its chip when its last agent leaves it', () => {
    const viewer = new BoardViewer();
    viewed({}, viewer);
    const back = new Map(AGENTS).set(3, tileOf(3, { name: 'Émile Dubois' }));
    const { categories } = viewed({}, viewer, back).counts;
    expect(categories.find(({ category }) => category === 'break')?.statuses).toEqual([
      { status: 'lunch', count: 0 },
    ]);
  });
});

describe('teams', () => {
  test('tiles by team, those without one at the end', () => {
    const { groups } = viewed({ groupsByTeam: true });
    expect(groups.map(({ teamId, tiles }) => [teamId, tiles.length])).toEqual([
      [1, 3],
      [2, 2],
      [null, 1],
    ]);
  });

  test('are known by number and department, a department of several teams by itself', () => {
    expect(viewed().teams).toEqual({
      teams: [
        { id: 1, label: 'Team 1 · Sales' },
        { id: 2, label: 'Team 2 · Sales' },
      ],
      departments: ['Sales'],
    });
  });

  test('stay known when the board is narrowed to one', () => {
    const viewer = new BoardViewer();
    const before = viewed({}, viewer).teams;
    const one = new Map([...AGENTS].filter(([, { teamId }]) => teamId === 2));
    expect(viewed({ narrowing: { team: 2 } }, viewer, one).teams).toBe(before);
  });
});

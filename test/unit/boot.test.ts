import { expect, test } from 'vitest';
import { bootId, isSameBoot, presentBoot } from '../../engine/journal/boot.ts';

test('a boot is known by its name, whatever the clock says', async () => {
  const one = await presentBoot({ now: () => 1_000_000 });
  const other = await presentBoot({ now: () => 9_000_000 });
  expect(one.id).toBe(await bootId());
  expect(isSameBoot(one, other)).toBe(one.id !== '');
  expect(isSameBoot({ id: 'a', since: 1 }, { id: 'b', since: 1 })).toBe(false);
  expect(isSameBoot({ id: 'a', since: 1 }, { id: '', since: 1 })).toBe(false);
});

test('without a name it is known by when it began, as clocks go', () => {
  const began = { id: '', since: 1_000_000 };
  expect(isSameBoot(began, { id: '', since: 1_059_999 })).toBe(true);
  expect(isSameBoot(began, { id: '', since: 1_060_000 })).toBe(false);
});

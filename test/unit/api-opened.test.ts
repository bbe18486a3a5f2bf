import { expect, test } from 'vitest';
import { Opened } from '../../api/opened.ts';

/** Something that notes its own end. */
function noting(name: string, ended: string[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
      ended.push(name);
    },
  };
}

test('what was opened is closed in the opposite order, one after the other', async () => {
  const ended: string[] = [];
  const opened = new Opened();
  const database = opened.use(noting('database', ended));
  opened.use({ [Symbol.dispose]: () => void ended.push('wheel') });
  opened.defer(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push('drain');
  });
  opened.use(noting('server', ended));
  expect(database).toBeDefined();
  await opened[Symbol.asyncDispose]();
  expect(ended).toEqual(['server', 'drain', 'wheel', 'database']);
});

test('it is closed once, whoever asks', async () => {
  const ended: string[] = [];
  const opened = new Opened();
  opened.use(noting('database', ended));
  await Promise.all([opened[Symbol.asyncDispose](), opened[Symbol.asyncDispose]()]);
  expect(ended).toEqual(['database']);
});

test('one that fails to close keeps none of the others open, and the failure is told', async () => {
  const ended: string[] = [];
  const opened = new Opened();
  opened.use(noting('lock', ended));
  opened.defer(() => Promise.reject(new Error('the database hung')));
  opened.use(noting('server', ended));
  await expect(opened[Symbol.asyncDispose]()).rejects.toThrow('the database hung');
  expect(ended).toEqual(['server', 'lock']);
});

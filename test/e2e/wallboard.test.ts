import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browsers.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { freePort } from '../../clients/faults/ground/free-port.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** As soon as a person would expect it. */
const SOON_MS = 5_000;

describe.skipIf(!hasBrowser())('the wallboard', () => {
  let folder: DataFolder;
  let server: ServerProcess;
  let port: string;
  let browser: TestBrowser;
  let page: Page;
  let agent: Person;
  let socket: RawSocket;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await seededFolder();
    port = String(await freePort());
    server = await startServerProcess({ DATA_DIR: folder.path, PORT: port });
    agent = await logIn(server.url, 'agent0001');
    browser = await openBrowser();
    page = await browser.context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
  });

  afterAll(async () => {
    agent[Symbol.dispose]();
    await browser[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const tile = () => page.locator(`[data-agent="${agent.id}"]`);
  const shows = (state: Readonly<Record<string, string>>) => {
    const attributes = Object.entries(state).map(([name, value]) => `[data-${name}="${value}"]`);
    return page.locator(`[data-agent="${agent.id}"]${attributes.join('')}`).waitFor({ timeout: SOON_MS });
  };
  const clock = async () => /\d+:\d\d/.exec(await tile().innerText())?.[0];
  const stream = (state: string) =>
    page.locator(`[data-stream="${state}"]`).first().waitFor({ timeout: 30_000 });

  test('a wrong password is told, and the right one opens the board', async () => {
    await page.goto(server.url);
    await page.getByLabel('User name').fill('manager');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.locator('[data-failure="UNAUTHENTICATED"]').waitFor({ timeout: SOON_MS });
    expect(problems.splice(0).every((text) => text.includes('401'))).toBe(true);

    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await stream('live');
    expect(await page.locator('[data-agent]').count()).toBe(200);
    await shows({ status: 'offline', connectivity: 'disconnected' });
  });

  test('A5, C4: log-in, a choice, a lost connection and the way back show at once', async () => {
    const first = await sayHello(server.url, agent.token);
    await shows({ status: 'available', connectivity: 'connected' });
    await first.socket.ask({ op: 'status', id: '1', status: 'break', reason: 'tea' });
    await shows({ status: 'break' });
    expect(await tile().innerText()).toContain('Break');
    const { session, seq } = first.welcome;
    first.socket[Symbol.dispose]();
    await shows({ status: 'break', connectivity: 'reconnecting' });
    const second = await sayHello(server.url, agent.token, { resume: { session, seq } });
    await shows({ status: 'break', connectivity: 'connected' });
    ({ socket } = second);
  });

  test('the clock of a status runs by itself', async () => {
    const before = await clock();
    expect(before).toBeDefined();
    await expect.poll(clock, { timeout: SOON_MS }).not.toBe(before);
  });

  test('a team filter narrows the board, and the address keeps it', async () => {
    await page.getByLabel('Team', { exact: true }).selectOption({ index: 1 });
    await expect.poll(() => page.locator('[data-agent]').count(), { timeout: SOON_MS }).toBe(50);
    await page.waitForURL(/team=/);
    await page.reload();
    await stream('live');
    expect(await page.locator('[data-agent]').count()).toBe(50);
    await page.goto(server.url);
    await stream('live');
    await expect.poll(() => page.locator('[data-agent]').count(), { timeout: SOON_MS }).toBe(200);
  });

  test('no accessibility rule is broken', async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  });

  test('C6, C7, G5: when the server is killed the board says so; when it is back, so is the board, and nothing is lost', async () => {
    await socket.ask({ op: 'status', id: '2', status: 'available' });
    await shows({ status: 'available' });
    expect(problems).toEqual([]);
    await server.end('SIGKILL');
    await stream('reconnecting');
    await page.getByRole('alert').first().waitFor({ timeout: 30_000 });
    server = await startServerProcess({ DATA_DIR: folder.path, PORT: port });
    await stream('live');
    await shows({ status: 'available', connectivity: 'reconnecting' });
    // C7: that nobody counts as gone meanwhile is told, and can be read by everybody.
    await page
      .getByText(/^The server was restarted at .* nobody counts as gone or idle\.$/)
      .waitFor({ timeout: SOON_MS });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    // A browser tells of each try to reach a server that is away.
    expect(
      problems.splice(0).filter((text) => !/WebSocket|ERR_CONNECTION_REFUSED|Failed to load/.test(text)),
    ).toEqual([]);
  });

  test('the screen for the wall shows the same, and needs no log-in of its own', async () => {
    await page.goto(`${server.url}/kiosk`);
    await stream('live');
    expect(await page.getByRole('button', { name: 'Log out' }).count()).toBe(0);
    expect(await page.locator('[data-agent]').count()).toBeGreaterThan(20);
  });

  test('log-out ends the session', async () => {
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('User name').waitFor({ timeout: SOON_MS });
    await page.reload();
    await expect.poll(() => page.getByLabel('User name').isVisible(), { timeout: SOON_MS }).toBe(true);
  });
});

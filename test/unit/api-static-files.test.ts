import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StaticFiles } from '../../api/static-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: StaticFiles;

beforeAll(async () => {
  folder = await temporaryFolder();
  const built = join(folder.path, 'dist');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(folder.path, 'secret.txt'), 'not yours');
  await writeFile(join(built, 'index.html'), '<!doctype html><title>Rollcall</title>');
  await writeFile(join(built, 'favicon.svg'), '<svg/>');
  await writeFile(join(built, 'data.bin'), new Uint8Array([0, 255]));
  await writeFile(join(built, 'assets', 'index-abc123.js'), 'void 0');
  files = await StaticFiles.read(built);
});

afterAll(() => folder[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) =>
  files.answer(new Request(`http://localhost${path}`, { headers }));

describe('the wallboard', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/kiosk', 'text/html; charset=utf-8'],
    ['/?team=3', 'text/html; charset=utf-8'],
    ['/index.html', 'text/html; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml'],
    ['/assets/index-abc123.js', 'text/javascript; charset=utf-8'],
    ['/data.bin', 'application/octet-stream'],
  ])('%s is served as %s, and may not be taken for anything else', (path, type) => {
    const answer = get(path);
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('content-type')).toBe(type);
    expect(answer?.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer?.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test.each([
    '/nothing',
    '/assets',
    '/assets/',
    '/secret.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/../../secret.txt',
    '//secret.txt',
    '/index.html%00',
    '/INDEX.HTML',
    '/__proto__',
    '/constructor',
  ])('%s is not there', (path) => {
    expect(get(path)).toBeNull();
  });

  test('pages are asked for again, assets never, since their names change with them', () => {
    expect(get('/')?.headers.get('cache-control')).toBe('no-cache');
    expect(get('/assets/index-abc123.js')?.headers.get('cache-control')).toContain('immutable');
  });

  test('a page that the browser has is not sent again', async () => {
    const etag = get('/')?.headers.get('etag') ?? '';
    const again = get('/', { 'if-none-match': etag });
    expect(again?.status).toBe(304);
    expect(await again?.text()).toBe('');
    expect(get('/', { 'if-none-match': '"another"' })?.status).toBe(200);
  });

  test('that was never built is empty', async () => {
    const none = await StaticFiles.read(join(folder.path, 'nowhere'));
    expect(none.isEmpty).toBe(true);
    expect(none.answer(new Request('http://localhost/'))).toBeNull();
    expect(files.isEmpty).toBe(false);
  });
});

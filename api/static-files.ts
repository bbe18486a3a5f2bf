import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** Pages that the browser app draws by itself. */
const APP_PATHS = new Set(['/', '/kiosk']);

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The built wallboard, held in memory: a handful of files. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** Reads a folder; one that doesn't exist holds no files. */
  static async read(folder: string): Promise<StaticFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = new Map<string, StaticFile>();
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const bytes = new Uint8Array(await readFile(path));
      files.set(`/${relative(folder, path).split(sep).join('/')}`, {
        bytes,
        headers: headersOf(path, bytes),
      });
    }
    return new StaticFiles(files);
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  /** The file of a path; null where there is none. What answers a HEAD is cut down by whoever sends it. */
  answer(request: Request): Response | null {
    const { pathname } = new URL(request.url);
    const file = this.#files.get(APP_PATHS.has(pathname) ? '/index.html' : pathname);
    if (file === undefined) return null;
    if (request.headers.get('if-none-match') === file.headers['etag'])
      return new Response(null, { status: 304, headers: file.headers });
    return new Response(file.bytes, { headers: file.headers });
  }
}

function headersOf(path: string, bytes: Uint8Array): Record<string, string> {
  // The bundler puts a hash of the content into the names of assets: they never change.
  const isHashed = path.includes(`${sep}assets${sep}`);
  return {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 20)}"`,
    ...SECURITY_HEADERS,
  };
}

import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 120_000, globalSetup },
});

/** Suites of whole servers: a seeded data folder is made before them. */
const SERVERS = ['test/support/template.setup.ts'];

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('contract', 60_000),
      project('property', 300_000),
      project('integration', 60_000, SERVERS),
      project('e2e', 120_000, [...SERVERS, 'test/support/wallboard.setup.ts']),
    ],
    maxWorkers: 2,
    // No module keeps what another file could notice: they are loaded once for all files of a worker.
    isolate: false,
    coverage: {
      provider: 'v8',
      include: ['{engine,api,drizzle,clients}/**/*.{ts,tsx}'],
      exclude: ['clients/wallboard/dist/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});

import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('contract', 60_000),
      project('property', 300_000),
      project('integration', 60_000),
      project('e2e', 120_000),
    ],
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['engine/**', 'api/**', 'drizzle/**', 'clients/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});

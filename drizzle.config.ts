import { defineConfig } from 'drizzle-kit';

/** For `npm run db:generate` alone; migrations are applied by drizzle/migrate.ts. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/schema/*.ts',
  out: './drizzle/migrations',
});

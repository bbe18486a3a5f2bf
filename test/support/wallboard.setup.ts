/** Before suites in a browser: the wallboard as users get it. */
import { build } from 'vite';

export default async function setup(): Promise<void> {
  await build({ root: 'clients/wallboard', logLevel: 'warn' });
}

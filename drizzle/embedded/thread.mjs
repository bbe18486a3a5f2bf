/** Starts thread.ts: Node 20 makes no worker of TypeScript, not even where the process has a loader. */
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');

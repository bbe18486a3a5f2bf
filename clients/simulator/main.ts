/** `npm run simulate -- --url U --agents N --password P [--rate R] [--seed S]` */
import { parseArgs } from 'node:util';
import { Simulator } from './simulator.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    agents: { type: 'string', default: '200' },
    password: { type: 'string', default: 'Rollcall1' },
    rate: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});

const simulator = new Simulator({
  url: values.url,
  agents: positive('--agents', values.agents),
  password: values.password,
  rate: positive('--rate', values.rate),
  seed: Number(values.seed),
});
const telling = setInterval(() => process.stdout.write(`${JSON.stringify(simulator.tally)}\n`), 10_000);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    clearInterval(telling);
    void simulator[Symbol.asyncDispose]().then(() => process.exit(0));
  });
}
await simulator.start().catch((error: unknown) => {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`simulate: ${name}: must be a number above 0\n`);
  process.exit(1);
}

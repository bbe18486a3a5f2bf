/** `npm run rules`: which tests cite which rule; ends with 1 where no test cites one. */
import { citedIn, ruleIds } from './rules.ts';
import { titles } from './titles.ts';

const all = await titles();
const missing: string[] = [];
for (const id of await ruleIds()) {
  const citing = all.filter(({ text }) => citedIn(text).includes(id));
  const files = new Set(citing.map(({ file }) => file));
  process.stdout.write(
    `${id.padEnd(4)}${String(citing.length).padStart(4)} tests  ${[...files].join(' ')}\n`,
  );
  if (citing.length === 0) missing.push(id);
}
process.stdout.write(
  missing.length === 0 ? 'Every rule is cited.\n' : `No test cites ${missing.join(', ')}.\n`,
);
process.exitCode = missing.length === 0 ? 0 : 1;

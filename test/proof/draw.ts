/** `npm run statechart`: draws the statechart into docs/statechart.md. */
import { writeFile } from 'node:fs/promises';
import { machine } from '../../engine/machine.ts';
import { type Chart, drawingOf } from './drawing.ts';

await writeFile('docs/statechart.md', drawingOf(machine.config as unknown as Chart));

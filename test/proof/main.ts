/**
 * `npm run proof`: that the table which runs is the statechart which is written. Prints what was compared and changed;
 * ends with 1 where they differ, where a cell is there for nothing, and where a change is not noticed.
 */
import { machine } from '../../engine/machine.ts';
import { compile } from '../../engine/table.ts';
import { alone, reachable } from './graph.ts';
import { faultsOf, prove } from './proof.ts';
import { textOf } from './report.ts';

const begun = performance.now();
const report = prove(compile(machine.config), { reachable: reachable(), alone: alone() });
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
process.stdout.write(`${textOf(report)}\n${seconds} s\n`);
process.exitCode = faultsOf(report).length === 0 ? 0 : 1;

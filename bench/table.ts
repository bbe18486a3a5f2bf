/** Sections as text for a terminal. */
import { median } from './runs.ts';
import { type Figure, isReached, type Ratio, type Section, type Target, type Unit } from './section.ts';

export function tableOf({ title, figures, ratios }: Section): string {
  const rows = [...figures.map(figureRow), ...ratios.map(ratioRow)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [nameWidth = 0, valueWidth = 0, spreadWidth = 0] = widths;
  const lines = rows.map(
    ([name = '', value = '', spread = '', verdict = '']) =>
      `  ${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}  ${spread.padEnd(spreadWidth)}  ${verdict}`,
  );
  return [title, ...lines.map((line) => line.trimEnd()), ''].join('\n');
}

/** A number with three digits that say something, or none behind the point, and its unit. */
export function show(value: number, unit: Unit): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.1))));
  const text = value.toLocaleString('en-GB', {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
  return unit === '' || unit === '/s' ? `${text}${unit}` : `${text} ${unit}`;
}

function figureRow({ name, unit, values, target }: Figure): readonly string[] {
  return [name, show(median(values), unit), spreadOf(values, unit), verdictOf(values, target)];
}

function ratioRow({ name, values, target }: Ratio): readonly string[] {
  return [name, `× ${show(median(values), '')}`, spreadOf(values, ''), verdictOf(values, target)];
}

function spreadOf(values: readonly number[], unit: Unit): string {
  if (values.length < 2) return '';
  return `(${show(Math.min(...values), '')} – ${show(Math.max(...values), unit)})`;
}

function verdictOf(values: readonly number[], target: Target | undefined): string {
  if (target === undefined) return '';
  const wanted = 'atMost' in target ? `≤ ${show(target.atMost, '')}` : `≥ ${show(target.atLeast, '')}`;
  return `${wanted} ${isReached(target, values) ? 'ok' : 'short'}`;
}

/** `npm run bench:chart`: draws docs/images/bench.svg from bench/results.json. */
import { writeFile } from 'node:fs/promises';
import { readResults, type Results } from './results.ts';
import { median } from './runs.ts';
import type { Section } from './section.ts';
import { show } from './table.ts';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly isOurs: boolean;
}

interface Panel {
  readonly title: string;
  readonly note: string;
  readonly bars: readonly Bar[];
}

const FROM = new URL('results.json', import.meta.url);
const INTO = new URL('../docs/images/bench.svg', import.meta.url);

const WIDTH = 920;
const MARGIN = 28;
const GAP = 32;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2;
const LABEL_WIDTH = 150;
const VALUE_WIDTH = 92;
const BAR_HEIGHT = 20;
const BAR_STEP = 29;
const HEAD_HEIGHT = 56;
const COLOURS = {
  paper: '#ffffff',
  edge: '#d0d7de',
  ink: '#1f2328',
  quiet: '#59636e',
  ours: '#0a7d55',
  peer: '#9aa6b2',
};

await writeFile(INTO, drawing(panelsOf(await readResults(FROM))));

function panelsOf({ sections }: Results): readonly Panel[] {
  return [
    panel(sections, {
      subject: 'fanout',
      title: 'Showing a change to 1,000 watchers',
      note: 'server CPU for each change delivered, one change a tick; less is better',
      bars: {
        'one change a tick: Rollcall (tRPC)': 'Rollcall, over tRPC',
        'one change a tick: uWS publish': 'uWS publish, bare',
        'one change a tick: ws, written once': 'ws, written once',
        "one change a tick: tRPC's ws adapter": "tRPC's ws adapter",
      },
    }),
    panel(sections, {
      subject: 'dispatch',
      title: 'Applying the law to 100,000 agents',
      note: 'events a second of CPU; more is better',
      bars: {
        "Rollcall's table": "Rollcall's table",
        'a switch by hand': 'a switch by hand',
        'live XState actors': 'live XState actors',
      },
    }),
    panel(sections, {
      subject: 'journal',
      title: 'Making events durable',
      note: 'events a second, 256 to an fdatasync; more is better',
      bars: {
        '256 a group: journal': "Rollcall's journal",
        '256 a group: bare append': 'bare append',
        '256 a group: bare, file filled before': 'bare, filled before',
      },
    }),
    panel(sections, {
      subject: 'memory',
      title: 'Keeping an agent',
      note: 'heap for each of 100,000; less is better',
      bars: {
        'agent without sessions': 'Rollcall, offline',
        'agent at work, with a session': 'Rollcall, at work',
        'live XState actor': 'live XState actor',
      },
    }),
  ];
}

interface Asked {
  readonly subject: string;
  readonly title: string;
  readonly note: string;
  /** Names of figures, and what to call them here. */
  readonly bars: Readonly<Record<string, string>>;
}

/** @throws RangeError for results that lack a figure. */
function panel(sections: readonly Section[], { subject, title, note, bars }: Asked): Panel {
  const figures = sections.find((section) => section.subject === subject)?.figures ?? [];
  return {
    title,
    note,
    bars: Object.entries(bars).map(([name, label]) => {
      const figure = figures.find((each) => each.name === name);
      if (figure === undefined) throw new RangeError(`the results lack ${subject}: ${name}`);
      const value = median(figure.values);
      return { label, value, text: show(value, figure.unit), isOurs: label.startsWith('Rollcall') };
    }),
  };
}

function drawing(panels: readonly Panel[]): string {
  const rows = [panels.slice(0, 2), panels.slice(2, 4)];
  let y = MARGIN;
  const parts: string[] = [];
  for (const row of rows) {
    for (const [column, each] of row.entries())
      parts.push(panelDrawing(each, { x: MARGIN + column * (PANEL_WIDTH + GAP), y }));
    y += HEAD_HEIGHT + Math.max(...row.map(({ bars }) => bars.length)) * BAR_STEP + GAP;
  }
  const height = y - GAP + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${labelOf(panels)}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="${COLOURS.paper}" stroke="${COLOURS.edge}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function panelDrawing({ title, note, bars }: Panel, { x, y }: { x: number; y: number }): string {
  const longest = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const most = Math.max(...bars.map(({ value }) => value));
  const drawn = bars.flatMap(({ label, value, text, isOurs }, index) => {
    const top = y + HEAD_HEIGHT + index * BAR_STEP;
    const length = Math.max(2, (value / most) * longest);
    const weight = isOurs ? ' font-weight="600"' : '';
    const middle = top + BAR_HEIGHT / 2 + 4.5;
    return [
      `<text x="${x}" y="${middle}" font-size="13" fill="${COLOURS.ink}"${weight}>${escaped(label)}</text>`,
      `<rect x="${x + LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="3" fill="${isOurs ? COLOURS.ours : COLOURS.peer}"/>`,
      `<text x="${(x + LABEL_WIDTH + length + 8).toFixed(1)}" y="${middle}" font-size="13" fill="${COLOURS.ink}"${weight}>${escaped(text)}</text>`,
    ];
  });
  return [
    `<text x="${x}" y="${y + 14}" font-size="16" font-weight="600" fill="${COLOURS.ink}">${escaped(title)}</text>`,
    `<text x="${x}" y="${y + 35}" font-size="12" fill="${COLOURS.quiet}">${escaped(note)}</text>`,
    ...drawn,
  ].join('\n');
}

function labelOf(panels: readonly Panel[]): string {
  const texts = panels.map(
    ({ title, bars }) => `${title}: ${bars.map(({ label, text }) => `${label} ${text}`).join(', ')}.`,
  );
  return escaped(texts.join(' '));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

import type { Summaries } from '../../engine/summaries.ts';
import type { Summary } from '../../engine/summary.ts';
import type { Sent } from '../../engine/topic.ts';
import type { Subject } from '../../engine/topics.ts';

export type HeardSummary =
  | ({ readonly type: 'summary'; readonly asOf: number } & Summary)
  | { readonly type: 'pulse'; readonly asOf: number };

/** Somebody who watches a summary and keeps what comes. */
export class SummaryViewer implements Disposable {
  readonly heard: HeardSummary[] = [];
  cursor = '';
  /** What is known; null before the first. */
  summary: Summary | null = null;
  readonly #watching: Disposable;

  constructor(summaries: Summaries, subject: Subject, cursor: string | null = null) {
    const watching = summaries.watch(subject, cursor, (sent) => this.#hear(sent));
    this.#watching = watching;
    this.#hear(watching.first);
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
  }

  #hear({ cursor, json }: Sent): void {
    const heard = JSON.parse(json) as HeardSummary;
    this.heard.push(heard);
    this.cursor = cursor;
    if (heard.type === 'pulse') return;
    const { type: _, asOf: _asOf, ...summary } = heard;
    this.summary = summary;
  }
}

/** Which rows of a long grid are drawn: those in sight, and some around them. */
export interface RowWindow {
  /** Tiles drawn: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  /** Room for the rows that are not drawn, pixels. */
  readonly above: number;
  readonly below: number;
}

/** How the grid lies in the page, pixels. */
export interface GridPlace {
  /** Of its upper edge, from the upper edge of what is in sight; negative when that is scrolled past. */
  readonly top: number;
  readonly viewHeight: number;
  readonly columns: number;
  /** From one row to the next. */
  readonly rowHeight: number;
}

/** Rows drawn beyond each edge, and by how many rows the window moves at once. */
const SPARE_ROWS = 8;
const STEP_ROWS = 4;

export function rowWindowOf(count: number, { top, viewHeight, columns, rowHeight }: GridPlace): RowWindow {
  const rows = Math.ceil(count / columns);
  const first = stepped(Math.floor(-top / rowHeight) - SPARE_ROWS, Math.floor);
  const last = stepped(Math.ceil((viewHeight - top) / rowHeight) + SPARE_ROWS, Math.ceil);
  // One row at least, from which the next measurement takes a tile's height.
  const from = Math.max(0, Math.min(first, rows - 1));
  const to = Math.min(Math.max(from + 1, last), rows);
  return {
    start: from * columns,
    end: Math.min(count, to * columns),
    above: from * rowHeight,
    below: (rows - to) * rowHeight,
  };
}

function stepped(row: number, round: (steps: number) => number): number {
  return round(row / STEP_ROWS) * STEP_ROWS;
}

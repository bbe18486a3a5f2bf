/** How tiles fill a screen. */
export interface Fit {
  readonly columns: number;
  readonly rows: number;
  /** Tiles on one page. */
  readonly perPage: number;
  readonly pages: number;
}

export interface Area {
  readonly width: number;
  readonly height: number;
}

export interface FitOptions {
  readonly gap: number;
  /** Smaller tiles can't be read from afar: rather several pages. */
  readonly min: Area;
  /** The shape that suits a tile best. */
  readonly ideal: Area;
}

/** The grid whose tiles come out largest; several pages where all on one would be too small to read. */
export function fitOf(count: number, area: Area, { gap, min, ideal }: FitOptions): Fit {
  let best: Fit | null = null;
  let bestScale = 0;
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.max(1, Math.ceil(count / columns));
    const width = (area.width - gap * (columns - 1)) / columns;
    const height = (area.height - gap * (rows - 1)) / rows;
    if (width < min.width) break;
    const scale = Math.min(width / ideal.width, height / ideal.height);
    if (height >= min.height && scale > bestScale) {
      bestScale = scale;
      best = { columns, rows, perPage: columns * rows, pages: 1 };
    }
  }
  return best ?? paged(count, area, { gap, min });
}

function paged(count: number, area: Area, { gap, min }: Pick<FitOptions, 'gap' | 'min'>): Fit {
  const columns = Math.max(1, Math.floor((area.width + gap) / (min.width + gap)));
  const rows = Math.max(1, Math.floor((area.height + gap) / (min.height + gap)));
  const pages = Math.max(1, Math.ceil(count / (columns * rows)));
  // As many on each page, so that the last one isn't nearly empty.
  const rowsNeeded = Math.max(1, Math.ceil(Math.ceil(count / pages) / columns));
  return { columns, rows: Math.min(rows, rowsNeeded), perPage: columns * Math.min(rows, rowsNeeded), pages };
}

/** The tiles of a page, counted from 0; a page that is no more counts as the first. */
export function pageOf<Item>(items: readonly Item[], page: number, { perPage }: Fit): readonly Item[] {
  const start = page * perPage < items.length ? page * perPage : 0;
  return items.slice(start, start + perPage);
}

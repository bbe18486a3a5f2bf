/** How tiles fill a screen. */
export interface Fit {
  readonly columns: number;
  readonly rows: number;
  /** Tiles on one page. */
  readonly perPage: number;
  readonly pages: number;
  /** How large each tile comes out, pixels. */
  readonly tile: Area;
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

/** The fewest pages whose tiles can be read, and on them the grid whose tiles come out largest. */
export function fitOf(count: number, area: Area, options: FitOptions): Fit {
  for (let pages = 1; pages < count; pages++) {
    const grid = largest(Math.ceil(count / pages), area, options);
    if (grid !== null) return filled(grid, count);
  }
  // One agent, or so small a screen that they come one by one.
  return filled({ columns: 1, rows: 1, tile: area }, count);
}

/** A fit, and what it was worked out for. */
export interface HeldFit {
  readonly fit: Fit;
  readonly area: Area;
}

/** A grid that is filled less than this is too large for its tiles. */
const FULL_ENOUGH = 0.7;

/**
 * The fit for so many tiles: the one that is held while they have room in it and fill most of it, so that a screen of
 * available agents doesn't change its grid with each of them that comes or goes.
 */
export function fitAfter(
  held: HeldFit | null,
  { count, area }: { readonly count: number; readonly area: Area },
  options: FitOptions,
): HeldFit {
  const isSameArea = held !== null && held.area.width === area.width && held.area.height === area.height;
  if (!isSameArea) return { fit: fitOf(count, area, options), area };
  const room = held.fit.perPage * held.fit.pages;
  if (count <= room && count >= room * FULL_ENOUGH) return held;
  return { fit: fitOf(count, area, options), area };
}

/** The tiles of a page, counted from 0; a page that is no more counts as the first. */
export function pageOf<Item>(items: readonly Item[], page: number, { perPage }: Fit): readonly Item[] {
  const start = page * perPage < items.length ? page * perPage : 0;
  return items.slice(start, start + perPage);
}

type Grid = Pick<Fit, 'columns' | 'rows' | 'tile'>;

function filled(grid: Grid, count: number): Fit {
  const perPage = grid.columns * grid.rows;
  return { ...grid, perPage, pages: Math.max(1, Math.ceil(count / perPage)) };
}

/** The best grid for so many tiles; null where they would be too small. */
function largest(count: number, area: Area, { gap, min, ideal }: FitOptions): Grid | null {
  let best: Grid | null = null;
  let bestScale = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = (area.width - gap * (columns - 1)) / columns;
    const height = (area.height - gap * (rows - 1)) / rows;
    if (width < min.width) break;
    const scale = Math.min(width / ideal.width, height / ideal.height);
    if (height < min.height || scale <= bestScale) continue;
    bestScale = scale;
    best = { columns, rows, tile: { width, height } };
  }
  return best;
}

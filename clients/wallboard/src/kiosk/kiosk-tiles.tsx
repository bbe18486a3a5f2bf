import { useState } from 'react';
import type { Tile } from '../../../../api/contract/tile.ts';
import { AgentTile } from '../board/agent-tile.tsx';
import { isFull } from '../board/notes.ts';
import { type Area, fitAfter, type HeldFit, pageOf } from './fit.ts';
import { usePaging } from './use-paging.ts';

export interface KioskTilesProps {
  readonly tiles: readonly Tile[];
  /** What there is to fill, pixels. */
  readonly area: Area;
  /** Whether the tiles are of more than one team. */
  readonly isMixed: boolean;
}

/** Pixels: what can be read from a few steps away, the shape that suits a tile, and what a handful is drawn at. */
const OPTIONS = { gap: 8, min: { width: 150, height: 64 }, ideal: { width: 200, height: 84 } };
const MAX_TILE = { width: 460, height: 200 };
/** From this height on there is room for notes. */
const DETAILED_HEIGHT = 90;
/** What the line takes that says which page it is. */
const FOOT_HEIGHT = 36;

/** Tiles as large as fit, on as few pages as can be read. */
export function KioskTiles({ tiles, area, isMixed }: KioskTilesProps) {
  const fit = useFit(tiles.length, area);
  const isDetailed = fit.tile.height >= DETAILED_HEIGHT && tiles.some(isFull);
  const { page, isPaused } = usePaging(fit.pages);
  return (
    <>
      <ul
        className="kiosk-tiles"
        data-detailed={isDetailed}
        style={{
          gap: OPTIONS.gap,
          gridTemplateColumns: `repeat(${fit.columns}, ${Math.min(fit.tile.width, MAX_TILE.width)}px)`,
          gridAutoRows: `${Math.min(fit.tile.height, MAX_TILE.height)}px`,
        }}
      >
        {pageOf(tiles, page, fit).map((tile) => (
          <AgentTile key={tile.id} tile={tile} isDetailed={isDetailed} showsTeam={isMixed} />
        ))}
      </ul>
      {fit.pages > 1 && (
        <p className="kiosk-page" style={{ height: FOOT_HEIGHT }}>
          Page {page + 1} of {fit.pages}
          {isPaused && ', held'}
        </p>
      )}
    </>
  );
}

/** The fit, held while it serves. Several pages leave room for the line below them. */
function useFit(count: number, area: Area): HeldFit['fit'] {
  const [held, setHeld] = useState<HeldFit | null>(null);
  const whole = fitAfter(held, { count, area }, OPTIONS);
  const short = { width: area.width, height: area.height - FOOT_HEIGHT };
  const next = whole.fit.pages === 1 ? whole : fitAfter(held, { count, area: short }, OPTIONS);
  if (next !== held) setHeld(next);
  return next.fit;
}

import type { Shape } from '../board/status-style.ts';

const PATHS: Readonly<Record<Shape, string>> = {
  circle: 'M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Z',
  square:
    'M3.5 2h9A1.5 1.5 0 0 1 14 3.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5v-9A1.5 1.5 0 0 1 3.5 2Z',
  triangle: 'M8 1.2 15.4 14.2H.6Z',
  diamond: 'M8 .6 15.4 8 8 15.4.6 8Z',
  hexagon: 'M4.3 1.4h7.4L15.4 8l-3.7 6.6H4.3L.6 8Z',
  ring: 'M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Zm0 2.6a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4Z',
};

/** The outline of a category, in its colour. The word stands beside it. */
export function StatusShape({ shape }: { readonly shape: Shape }) {
  return (
    <svg className="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[shape]} fillRule="evenodd" />
    </svg>
  );
}

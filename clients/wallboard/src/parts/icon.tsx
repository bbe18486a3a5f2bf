/** Small drawings beside words; never the only bearer of a meaning. */
const PATHS = {
  contrast: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 3v10A5 5 0 0 1 8 3Z',
  sun: 'M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM7.25.5h1.5v2.4h-1.5zM7.25 13.1h1.5v2.4h-1.5zM.5 7.25h2.4v1.5H.5zM13.1 7.25h2.4v1.5h-2.4zM2.17 3.23l1.06-1.06 1.7 1.7-1.06 1.06zM11.07 12.13l1.06-1.06 1.7 1.7-1.06 1.06zM2.17 12.77l1.7-1.7 1.06 1.06-1.7 1.7zM11.07 3.87l1.7-1.7 1.06 1.06-1.7 1.7z',
  moon: 'M6.2 1.7a6.5 6.5 0 1 0 8.1 8.1A5.4 5.4 0 0 1 6.2 1.7Z',
  ready: 'M6.4 13.2 1.4 8.2l1.8-1.8 3.2 3.2 6.4-6.4L14.6 5Z',
  reconnecting:
    'M8 2a6 6 0 0 1 5.2 3l1.3-1.3V8h-4.3l1.6-1.6A4 4 0 0 0 4.3 6.5L2.6 5.4A6 6 0 0 1 8 2Zm0 12a6 6 0 0 1-5.2-3l-1.3 1.3V8h4.3L4.2 9.6a4 4 0 0 0 7.5-.1l1.7 1.1A6 6 0 0 1 8 14Z',
  forced:
    'M8 1a3.5 3.5 0 0 0-3.5 3.5V7H4a1.5 1.5 0 0 0-1.5 1.5v5A1.5 1.5 0 0 0 4 15h8a1.5 1.5 0 0 0 1.5-1.5v-5A1.5 1.5 0 0 0 12 7h-.5V4.5A3.5 3.5 0 0 0 8 1Zm0 1.8c1 0 1.7.8 1.7 1.7V7H6.3V4.5c0-1 .8-1.7 1.7-1.7Z',
  warning: 'M8 1 15.5 14.5H.5Zm-.9 4.6v4.6h1.8V5.6Zm0 5.8V13h1.8v-1.6Z',
  live: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM3.4 3.4l1.1 1.1a5 5 0 0 0 0 7l-1.1 1.1a6.5 6.5 0 0 1 0-9.2Zm9.2 0a6.5 6.5 0 0 1 0 9.2l-1.1-1.1a5 5 0 0 0 0-7Z',
  search:
    'M6.8 1.5a5.3 5.3 0 0 1 4.2 8.5l3.7 3.6-1.2 1.2L9.9 11A5.3 5.3 0 1 1 6.8 1.5Zm0 1.7a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2Z',
  screen: 'M1.5 2.5h13v9h-5v1.5H11v1.2H5V13h1.5v-1.5h-5Zm1.6 1.6v5.8h9.8V4.1Z',
  close: 'M3.4 2.2 8 6.8l4.6-4.6 1.2 1.2L9.2 8l4.6 4.6-1.2 1.2L8 9.2l-4.6 4.6-1.2-1.2L6.8 8 2.2 3.4Z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = '' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fillRule="evenodd" />
    </svg>
  );
}

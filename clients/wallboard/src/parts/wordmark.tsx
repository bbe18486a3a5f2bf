/** The name, with the four shapes that the board speaks in. */
export function Wordmark() {
  return (
    <p className="wordmark">
      <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        <circle data-category="available" cx="5" cy="5" r="4" />
        <rect data-category="busy" x="11.2" y="1.2" width="7.6" height="7.6" rx="1.2" />
        <path data-category="away" d="M5 11.2 9.4 18.8H.6Z" />
        <path data-category="break" d="m15 10.6 4.4 4.4-4.4 4.4-4.4-4.4Z" />
      </svg>
      Rollcall
    </p>
  );
}

/** What watchers got, of all together. */
export class Reception {
  events = 0;
  bytes = 0;
  snapshots = 0;
  /** Events that don't follow what the watcher held. */
  gaps = 0;
  /** Connections that the server ended, as it does with a watcher that falls behind. */
  closes = 0;
  /** What the server said was wrong. */
  errors = 0;
}

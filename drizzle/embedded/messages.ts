/** What the database's thread is started with. */
export interface ThreadData {
  /** The data folder, made if it is not there. */
  readonly folder: string;
}

/** What the thread is told. It is told nothing while it is still answering. */
export type Request =
  /** Whole messages of the wire protocol that end with Query, Sync or Flush. */
  { readonly type: 'exchange'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly type: 'close' };

/** What the thread says. After its start it answers a start-up message unasked. */
export type Reply =
  /** A piece of the answer, cut anywhere. */
  | { readonly type: 'data'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'done' }
  /** The database ended; nothing more may be asked. */
  | { readonly type: 'failed'; readonly reason: string };

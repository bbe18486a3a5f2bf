import type { InboxQuery, MessageDocuments, Page, Received } from './documents/port.ts';
import type { MessageDocument } from './documents/shapes.ts';
import { TargetUnavailable } from './projection.ts';

/**
 * The messages that the documents hold: what the engine asks for where it keeps too little in memory. It is never
 * waited for where memory is enough. What is asked MAY throw: the store is away, or lags behind.
 */
export interface MessageArchive {
  readonly documents: Pick<MessageDocuments, 'message' | 'inbox'>;
  /** Resolves, before long, to whether the documents hold everything that was journalled before the call. */
  caughtUp(): Promise<boolean>;
}

/** Of an engine that stands alone. */
export const NO_ARCHIVE: MessageArchive = {
  documents: { message: async () => null, inbox: async () => ({ rows: [], next: null }) },
  caughtUp: async () => true,
};

/** The documents lag behind the journal: what they say now may be overtaken. */
export class ArchiveLags extends Error {
  override readonly name = 'ArchiveLags';
}

/** Whether the documents may answer later what they don't now. */
export function isPassing(error: unknown): boolean {
  return error instanceof ArchiveLags || error instanceof TargetUnavailable;
}

/** Null when there is no such message, or it is kept no more. @throws ArchiveLags, TargetUnavailable */
export async function archivedMessage(
  archive: MessageArchive,
  organisationId: number,
  id: string,
): Promise<MessageDocument | null> {
  const found = await archive.documents.message(organisationId, id);
  if (found !== null) return found;
  await awaitAll(archive);
  return archive.documents.message(organisationId, id);
}

/** What a user has yet to get, newest first. @throws ArchiveLags, TargetUnavailable */
export async function archivedUndelivered(
  archive: MessageArchive,
  query: Omit<InboxQuery, 'only'>,
): Promise<Page<Received>> {
  await awaitAll(archive);
  return archive.documents.inbox({ ...query, only: 'undelivered' });
}

async function awaitAll(archive: MessageArchive): Promise<void> {
  if (!(await archive.caughtUp())) throw new ArchiveLags('the documents lag behind the journal');
}

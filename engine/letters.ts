import { archivedMessage, type MessageArchive } from './archive.ts';
import type { MessageDocument } from './documents/shapes.ts';
import type { Envelope } from './mailbox.ts';

/** A message as its recipient gets it. */
export type Letter = Omit<MessageDocument, 'recipientIds'>;

/** So many bytes of the newest messages are kept at hand; older ones come out of the documents. */
const KEPT_BYTES = 16 << 20;
/** What a letter takes besides its texts, about. */
const OVERHEAD_BYTES = 500;

/** What messages say: the newest ones at hand, so that they are delivered at once, and while the documents are away. */
export class Letters {
  readonly #archive: MessageArchive;
  readonly #keptBytes: number;
  /** By id, oldest first. */
  readonly #kept = new Map<string, Letter>();
  #bytes = 0;

  constructor(archive: MessageArchive, keptBytes = KEPT_BYTES) {
    this.#archive = archive;
    this.#keptBytes = keptBytes;
  }

  keep({ recipientIds: _listed, ...letter }: MessageDocument): Letter {
    if (this.#kept.has(letter.id)) return letter;
    this.#kept.set(letter.id, letter);
    this.#bytes += bytesOf(letter);
    for (const oldest of this.#kept.values()) {
      if (this.#bytes <= this.#keptBytes) break;
      this.#kept.delete(oldest.id);
      this.#bytes -= bytesOf(oldest);
    }
    return letter;
  }

  /** One that is at hand. */
  atHand(id: string): Letter | null {
    return this.#kept.get(id) ?? null;
  }

  /** Null for one that is kept no more. @throws ArchiveLags, TargetUnavailable */
  async fetch({ organisationId, id }: Envelope): Promise<Letter | null> {
    const message = await archivedMessage(this.#archive, organisationId, id);
    return message === null ? null : this.keep(message);
  }
}

function bytesOf({ subject, content }: Letter): number {
  return OVERHEAD_BYTES + 2 * ((subject?.length ?? 0) + content.length);
}

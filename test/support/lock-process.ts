/** A process that takes and releases the lock of a folder as its parent tells it. */
import { type FolderLock, lockFolder } from '../../engine/journal/lock.ts';

export type LockRequest = { readonly take: string } | { readonly release: true };
export type LockAnswer = 'ready' | 'taken' | 'released' | { readonly refused: string };

let lock: FolderLock | null = null;

process.on('message', (request: LockRequest) => {
  void answer(request).then((given) => process.send?.(given));
});
process.send?.('ready');

async function answer(request: LockRequest): Promise<LockAnswer> {
  try {
    if ('take' in request) lock = await lockFolder(request.take);
    else await lock?.[Symbol.asyncDispose]();
    return 'take' in request ? 'taken' : 'released';
  } catch (error) {
    return { refused: String(error) };
  }
}

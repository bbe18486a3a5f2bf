import { useTicking } from '../stream/live-board.ts';
import type { TextAt } from '../stream/ticker.ts';

/** A text that follows the clock. `textAt` has to stay the same function while it says the same. */
export function Clock({ textAt, className = '' }: { readonly textAt: TextAt; readonly className?: string }) {
  return <span ref={useTicking(textAt)} className={`clock ${className}`} />;
}

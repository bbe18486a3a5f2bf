/** As much of the tar format (ustar) as a dump needs: files and folders with short names, so that any tar can read it. */

/** Everything in a tar fills whole blocks. */
export const BLOCK_BYTES = 512;

export interface TarHead {
  readonly kind: 'file' | 'folder';
  /** With slashes, without one at the beginning; at most 100 bytes. */
  readonly path: string;
  /** Of a file's content; 0 for a folder. */
  readonly size: number;
}

const FIELDS = {
  path: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  sum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;
type Field = keyof typeof FIELDS;

const TYPES = { file: '0', folder: '5' } as const;
const MODES = { file: 0o600, folder: 0o700 } as const;
const MAGIC = 'ustar\x0000';

/** What stands before a file's content. @throws RangeError for what the format can't hold */
export function tarHeader({ kind, path, size }: TarHead): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const set = (field: Field, text: string): void => {
    const [at, length] = FIELDS[field];
    if (Buffer.byteLength(text) > length) throw new RangeError(`a tar can not hold the ${field} ${text}`);
    block.write(text, at);
  };
  const octal = (field: Field, value: number): void =>
    set(field, value.toString(8).padStart(FIELDS[field][1] - 1, '0'));
  set('path', path);
  octal('mode', MODES[kind]);
  octal('owner', 0);
  octal('group', 0);
  octal('size', size);
  octal('modified', 0);
  set('type', TYPES[kind]);
  set('magic', MAGIC);
  octal('sum', sumOf(block));
  return block;
}

/** Null for the block of zeros behind the last entry. @throws TypeError for a block that is no header */
export function readTarHeader(block: Buffer): TarHead | null {
  if (block.every((byte) => byte === 0)) return null;
  const get = (field: Field): string => {
    const [at, length] = FIELDS[field];
    const text = block.toString('utf8', at, at + length);
    return text.split('\0', 1)[0] ?? '';
  };
  const type = get('type');
  const kind = type === TYPES.file ? 'file' : type === TYPES.folder ? 'folder' : null;
  if (kind === null || Number.parseInt(get('sum'), 8) !== sumOf(block))
    throw new TypeError('where the header of a file should be, there is something else');
  return { kind, path: get('path'), size: Number.parseInt(get('size'), 8) };
}

/** How many bytes follow a content of that size until the block is full. */
export function padding(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Of all bytes, the sum itself counted as spaces. */
function sumOf(block: Buffer): number {
  const [at, length] = FIELDS.sum;
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= at && index < at + length ? 0x20 : byte;
  return sum;
}

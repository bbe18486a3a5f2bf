import type { Seeded } from './seeded.ts';

const SECTOR_BYTES = 512;

/** One file: what the system shows of it, and what the platter holds. */
export class Inode {
  shown: Buffer = Buffer.alloc(0);
  #platter: Buffer = Buffer.alloc(0);
  /** The forms that each sector had since it was last clean. */
  readonly #dirty = new Map<number, Buffer[]>();

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    this.shown = grown(this.shown, end);
    this.shown.set(bytes, position);
    for (let at = sectorAt(position); at < end; at += SECTOR_BYTES) {
      const forms = this.#dirty.get(at) ?? [];
      this.#dirty.set(at, forms);
      forms.push(Buffer.from(this.shown.subarray(at, at + SECTOR_BYTES)));
    }
  }

  datasync(): void {
    this.#platter = grown(this.#platter, this.shown.length);
    for (const at of this.#dirty.keys()) this.#put(at, this.shown.subarray(at, at + SECTOR_BYTES));
    this.#dirty.clear();
  }

  /** Some sectors reached the platter; of the others the system may forget what was written. */
  failDatasync(random: Seeded): void {
    const dirty = [...this.#dirty.keys()];
    this.#writeSome(random);
    if (random.chance(0.5)) return;
    const platter = grown(this.#platter, this.shown.length);
    for (const at of dirty) platter.copy(this.shown, at, at, at + SECTOR_BYTES);
  }

  crash(random: Seeded): void {
    if (random.chance(0.5)) this.#platter = grown(this.#platter, this.shown.length);
    this.#writeSome(random);
    this.shown = Buffer.from(this.#platter);
  }

  #writeSome(random: Seeded): void {
    const kept = random.pick([0, 0.5, 0.9, 1, 1]);
    for (const [at, forms] of this.#dirty)
      if (random.chance(kept)) this.#put(at, random.pick(forms.slice(-random.between(1, 3))));
    this.#dirty.clear();
  }

  #put(at: number, sector: Buffer): void {
    this.#platter = grown(this.#platter, at + sector.length);
    this.#platter.set(sector, at);
  }
}

function sectorAt(position: number): number {
  return position - (position % SECTOR_BYTES);
}

function grown(bytes: Buffer, length: number): Buffer {
  return bytes.length >= length ? bytes : Buffer.concat([bytes], length);
}

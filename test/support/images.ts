import { type Image, type ImageWriter, readImage } from '../../engine/snapshots/image.ts';

/** What was written, as a start reads it. */
export function reread(writer: ImageWriter): Image {
  const image = readImage(writer.taken());
  if (image === null) throw new TypeError('what was written is no image');
  return image;
}

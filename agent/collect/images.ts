/** COLLECTOR_IMAGES: other images in the place of those that a spec, or troubleshoot's default, names. */

/** From an image, or the beginning of images' names that ends with `/`, to what takes its place. */
export type ImageMap = ReadonlyMap<string, string>;

/** The image to run. An entry for the very image counts first, then that with the longest beginning. */
export function replaceImage(image: string, images: ImageMap): string {
  const exact = images.get(image);
  if (exact !== undefined) return exact;
  const [longest] = [...images.keys()]
    .filter((start) => start.endsWith('/') && image.startsWith(start))
    .toSorted((first, second) => second.length - first.length);
  if (longest === undefined) return image;
  return `${images.get(longest)}${image.slice(longest.length)}`;
}

/** The second meaning of troubleshoot's `data` collector. */

/** By its names alone, `data` asks registries about all images instead of writing its text. */
export function isImageFacts(fields: Readonly<Record<string, unknown>>): boolean {
  const { name, collectorName } = fields;
  return (
    (typeof collectorName === 'string' && collectorName.includes('image-facts/')) ||
    (typeof name === 'string' && name.includes('image-facts-'))
  );
}

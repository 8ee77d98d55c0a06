/** What a large bundle is made of: shared by the process that archives it and by the one that asks for it. */

const MEBIBYTE = 2 ** 20;

/** Each kind of file with its share of the whole: a few large logs, many small objects. */
const SHARES = [
  { bytes: 1024 * MEBIBYTE, share: 1 / 2 },
  { bytes: 32 * MEBIBYTE, share: 3 / 8 },
  { bytes: MEBIBYTE, share: 7 / 64 },
  { bytes: 4 * 1024, share: 1 / 64 },
] as const;

/** Of the files of a bundle of so many MiB; the sum is exact for multiples of 64 MiB. */
export function sizesOf(mebibytes: number): readonly number[] {
  return SHARES.flatMap(({ bytes, share }) => {
    const shareBytes = mebibytes * MEBIBYTE * share;
    const size = Math.min(bytes, shareBytes);
    return Array.from({ length: Math.floor(shareBytes / size) }, () => size);
  });
}

/** Where the step that archives writes, and the step that spools reads; below the benchmark's folder. */
export const RUN_FOLDER = 'run';
export const RECORD_FILE = 'record.json';
/** As `serve` is given it. */
export const SPOOL_FOLDER = 'spool';

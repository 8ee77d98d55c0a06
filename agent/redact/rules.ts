/** What all sets of rules have in common: how one is opened for a file, and how it is told what it hid. */

// Whoever makes a set needs it beside what is here.
export { MASK } from '../mask.ts';

/**
 * Told once for each place where a rule hid something.
 *
 * @param rule The rule's name, as in the manifest; never what was hidden.
 */
export type OnHidden = (rule: string) => void;

/**
 * Redacts one file, from its first line to its last. Text is bytes, one character (0x00 to 0xff) each, so that what is no
 * UTF-8 passes unharmed.
 */
export interface TextRedactor {
  /**
   * @param lines Whole lines with their `\n`; of the file's last line it may be missing. Not empty. Some MiB at most, but that
   *   one line may be longer, see `MAX_LINE_BYTES`.
   * @returns What takes their place: the same string where nothing is hidden.
   */
  redact(lines: string): string;
  /** Goes on over lines in which a redactor of the same set has hidden all there is. Left out: they need `redact` too. */
  pass?(lines: string): void;
}

/** Rules that are ready for any number of files. A broken rule is an error when the set is made. */
export interface RuleSet {
  /**
   * Why `redact` must be given such a file at once, in the words that go before ", and": a rule looks at more than a few lines
   * of it. Undefined: it need not.
   */
  reasonForWhole?(path: string): string | undefined;
  /** Whether no piece may end behind such a line, without its `\n`: what it is may be told by the next one. */
  endsOpen?(line: string): boolean;
  /** @param path Below the bundle's top folder, or below an archive's root. Undefined: none of the rules is for it. */
  open(path: string, onHidden: OnHidden): TextRedactor | undefined;
}

/** A longer line is cut there, and its rest hidden. Troubleshoot fails at such a line, and then sends the file as it is. */
export const MAX_LINE_BYTES = 10 * 1024 * 1024;

/** Hides what Secrets hold, in JSON and YAML, also as `kubectl apply` keeps them in an annotation. */

import { replacePlaces } from '../../places.ts';
import type { OnHidden, TextRedactor } from '../../rules.ts';
import { colouredEdits, withoutColours } from './colours.ts';
import type { SecretEdits } from './secret-edits.ts';
import { findGoSecrets, mayHaveGo } from './secret-go.ts';
import { type Begun, mayHaveData, SecretReading } from './secret-reading.ts';

export const LAST_APPLIED_SECRET = 'secret-data';

/** How much of what came before a piece is looked at to learn what an object is. */
const MEMORY_LENGTH = 64 * 1024;

/**
 * A block `data` over several lines is a Secret's if its object says so: by a `kind` or a `type` before it (up to 64 KiB
 * before the piece of text that it is in) or behind it in that piece. Where neither is in reach, base64 is hidden if the
 * block has nothing else: a ConfigMap of such values may lose them there, a Secret never keeps any.
 */
export function secretStage(onHidden: OnHidden): TextRedactor {
  let memory = '';
  let begun: Begun | undefined;
  function hide(text: string, edits: SecretEdits): string {
    return replacePlaces(text, edits.joined(), ({ text: mask }) => {
      if (mask !== '') onHidden(LAST_APPLIED_SECRET);
      return mask;
    });
  }
  return {
    redact(given) {
      // First, and of itself: a second look sees no more of it than the rest does here.
      const piece = mayHaveGo(given) ? hide(given, findGoSecrets(given)) : given;
      const before = memory.slice(-MEMORY_LENGTH);
      memory = piece.length < MEMORY_LENGTH ? before + piece : piece;
      if (begun === undefined && !mayHaveData(piece)) return piece;
      const text = before + piece;
      const plain = withoutColours(text);
      const reading = new SecretReading(plain, withoutColours(before).length);
      if (begun !== undefined) reading.goOn(begun);
      reading.read();
      ({ begun } = reading);
      if (reading.edits.length === 0) return piece;
      const isPlain = plain.length === text.length;
      const edits = isPlain ? reading.edits : colouredEdits(text, reading.edits);
      return hide(text, edits).slice(before.length);
    },
  };
}

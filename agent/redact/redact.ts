/** Redacts a whole bundle, entry by entry. It is closed where it fails: what cannot be redacted is left out and named. */

import { type Body, storeBody, type WorkFolder } from '../body/body.ts';
import {
  type Collected,
  type CollectorResult,
  cutText,
  type FileEntry,
  type LeftOut,
  type LinkEntry,
} from '../bundle.ts';
import { messageOf } from '../errors.ts';
import { redactContent } from './content/content.ts';
import type { Look } from './look.ts';
import { MASK, type OnHidden, type RuleSet } from './rules.ts';
import { redactShortText, redactText } from './text.ts';

export interface RedactOptions {
  /** In the order in which they work. */
  readonly sets: readonly RuleSet[];
  /** For names of files and links: a file whose name one of them would change is left out. */
  readonly nameSets: readonly RuleSet[];
  /** Made once for each text; undefined: nobody looks again. */
  readonly lookAgain: (() => Look) | undefined;
  /** Kinds of content are told apart as troubleshoot does: archives by their names, all else is text. */
  readonly isUpstream?: boolean;
  /** What cannot be looked into. */
  readonly opaque: 'leave-out' | 'keep';
  /** What lies inside an archive may be this large, unpacked. */
  readonly maxContentBytes: number;
  readonly workDir: WorkFolder;
}

/**
 * Everything collected, redacted. An entry's body is there whole before the entry is given, and is let go of when the
 * next one is asked for.
 *
 * @yields Entries and results in their order; in the place of an entry that cannot be sent, why.
 * @throws What the source fails with; the signal's reason, when it aborts.
 */
export async function* redactCollected(
  collected: AsyncIterable<Collected>,
  options: RedactOptions,
  signal: AbortSignal,
): AsyncGenerator<Collected> {
  const redaction = new Redaction(options, signal);
  for await (const one of collected) {
    switch (one.kind) {
      case 'file':
        yield* redaction.file(one);
        break;
      case 'link':
        yield redaction.link(one);
        break;
      case 'left-out':
        yield { ...one, ...redaction.leftOut(one.path, one.reason) };
        break;
      case 'collector':
        yield redaction.result(one);
    }
  }
}

/** What has another name is text to troubleshoot, whatever it is: in an archive too. */
const UPSTREAM_ARCHIVE = /\.(?:tar|tgz|tar\.gz)$/;

class Redaction {
  readonly #options: RedactOptions;
  readonly #signal: AbortSignal;
  /** A rule's name → as it is told: that of a redactor is text from outside. */
  readonly #ruleNames = new Map<string, string>();

  constructor(options: RedactOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async *file(entry: FileEntry): AsyncGenerator<Collected> {
    const hidden = new Map<string, number>();
    const members: LeftOut[] = [];
    const source = new Source(entry);
    let body: Body | undefined;
    try {
      const against = this.#reasonAgainst(entry.path);
      if (against !== undefined) {
        yield this.leftOut(entry.path, against);
        return;
      }
      const redacted = this.#redact(entry.path, source, {
        onHidden: (rule) => hidden.set(rule, (hidden.get(rule) ?? 0) + 1),
        onLeftOut: (path, reason) => members.push(this.leftOut(path, reason)),
      });
      body = await storeBody(redacted, this.#options.workDir);
    } catch (error) {
      this.#signal.throwIfAborted();
      // What was collected is not there to be redacted: that is no matter of this file alone.
      if (source.failure !== undefined) throw source.failure.error;
      yield this.#failed(entry.path, error);
      return;
    }
    try {
      yield* members;
      yield {
        ...entry,
        bytes: body.bytes,
        hidden: this.#named(hidden),
        read: body.read.bind(body),
      };
    } finally {
      await body.remove();
    }
  }

  link(entry: LinkEntry): Collected {
    const reason = this.#reasonAgainst(entry.path) ?? this.#reasonAgainst(entry.target);
    return reason === undefined ? entry : this.leftOut(entry.path, reason);
  }

  leftOut(path: string, reason: string): LeftOut {
    return { kind: 'left-out', path: this.#short(path), reason: cutText(this.#short(reason)) };
  }

  #failed(path: string, error: unknown): LeftOut {
    if (error instanceof FoundError) {
      const { message: reason, finding } = error;
      return { kind: 'left-out', path: this.#short(path), reason, finding };
    }
    return this.leftOut(path, `it could not be redacted: ${messageOf(error)}`);
  }

  result(result: CollectorResult): CollectorResult {
    return {
      ...result,
      name: this.#short(result.name),
      errors: result.errors.map((error) => cutText(this.#short(error))),
    };
  }

  async *#redact(
    path: string,
    source: AsyncIterable<Uint8Array>,
    events: {
      readonly onHidden: OnHidden;
      readonly onLeftOut: (path: string, reason: string) => void;
    },
  ): AsyncGenerator<Uint8Array> {
    const { sets, opaque, maxContentBytes, workDir, lookAgain } = this.#options;
    const parts = {
      redactText: (textPath: string, text: AsyncIterable<Uint8Array>) => {
        const redacted = redactText(sets, { path: textPath, onHidden: events.onHidden }, text);
        return lookAgain === undefined ? redacted : lookedAt(redacted, lookAgain());
      },
      reasonAgainst: (name: string) => this.#reasonAgainst(name),
      store: (chunks: AsyncIterable<Uint8Array>) => storeBody(chunks, workDir),
      isText: (name: string) => this.#options.isUpstream === true && !UPSTREAM_ARCHIVE.test(name),
      opaque,
      maxBytes: maxContentBytes,
      onLeftOut: events.onLeftOut,
    };
    yield* redactContent(path, source, parts, this.#signal);
  }

  /** A name tells as much as a text. What a spec hides in texts may be in any name: that is no secret. */
  #reasonAgainst(name: string): string | undefined {
    let found: string | undefined;
    redactShortText(this.#options.nameSets, name, (rule) => {
      found ??= rule;
    });
    return found === undefined ? undefined : `its name holds what the rule ${found} hides`;
  }

  #named(hidden: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const named = new Map<string, number>();
    for (const [rule, times] of hidden) {
      const name = this.#ruleNames.get(rule) ?? cutText(this.#short(rule));
      this.#ruleNames.set(rule, name);
      named.set(name, (named.get(name) ?? 0) + times);
    }
    return named;
  }

  #short(text: string): string {
    return redactWords(this.#options.sets, text);
  }
}

/** What is told of a bundle beside its files: a reason, a notice, a name. */
export function redactWords(sets: readonly RuleSet[], text: string): string {
  try {
    return redactShortText(sets, text, () => undefined);
  } catch {
    // A rule that fails at a file fails at what is said of it too.
    return MASK;
  }
}

/** The second look has found something. */
class FoundError extends Error {
  readonly finding: string;

  constructor(finding: string) {
    super(`after redaction it still held what looks like a secret (${finding})`);
    this.finding = finding;
  }
}

/**
 * @yields The chunks.
 * @throws {FoundError} What is redacted already still holds a secret.
 */
async function* lookedAt(
  redacted: AsyncIterable<Uint8Array>,
  look: Look,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of redacted) {
    look.push(chunk);
    if (look.finding !== undefined) throw new FoundError(look.finding);
    yield chunk;
  }
  look.finish();
  if (look.finding !== undefined) throw new FoundError(look.finding);
}

/** Tells a source that fails from a redaction that does. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #entry: FileEntry;
  failure: { readonly error: unknown } | undefined;

  constructor(entry: FileEntry) {
    this.#entry = entry;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#entry.read();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

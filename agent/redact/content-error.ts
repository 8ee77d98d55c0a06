/** What is told of a file that cannot be sent for what it is: damaged, not to be looked into, or too large. */

/** The message is for people and holds none of the file's bytes. In an archive it is told of one member, and the rest is kept. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

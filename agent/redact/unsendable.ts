/** A file that must not be sent, since what is in it cannot be hidden, or not be seen. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError';
}

// The sentences of an explanation, one by one: every word stays, in its order; it only reads better than as one block.

/** Split after a full stop that ends a sentence; a number such as `percentile 99.0 of 150` has no capital behind its point. */
export function sentences(words: string): string[] {
  return words.split(/(?<=\.) (?=[A-Z])/);
}

// Words that were seen in answers, as choices of a filter: a filtered answer must not take the other choices away.
import { useRef } from "preact/hooks";

export function useSeen(words: readonly string[]): readonly string[] {
  const seen = useRef(new Set<string>());
  for (const word of words) if (word !== "") seen.current.add(word);
  return [...seen.current].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

// A list that the API gives in pages: those read so far, and a button for the next one.
import { useRef } from "preact/hooks";
import { useDesk } from "../shell/desk";
import { type Resource, useResource } from "../ui/resource";

interface Answer {
  readonly next?: string;
}

export interface Pages<A extends Answer> extends Resource<readonly A[]> {
  /** Reads one page more; absent where the list has ended. */
  readonly more?: () => void;
}

/** Pages of `load`, which is given the cursor of each; another `key` begins anew. */
export function usePages<A extends Answer>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<A>,
): Pages<A> {
  const wanted = useRef({ key, count: 1 });
  if (wanted.current.key !== key) wanted.current = { key, count: 1 };
  const found = useResource<readonly A[]>(key, async (signal) => {
    const answers: A[] = [];
    let cursor: string | undefined;
    do {
      const answer = await load(cursor, signal);
      answers.push(answer);
      cursor = answer.next;
    } while (cursor !== undefined && answers.length < wanted.current.count);
    return answers;
  });
  if (found.value?.at(-1)?.next === undefined) return found;
  return {
    ...found,
    more: () => {
      wanted.current.count += 1;
      found.reload();
    },
  };
}

export function MoreButton({ pages }: { pages: Pages<Answer> }) {
  const { t } = useDesk();
  if (pages.more === undefined) return null;
  return (
    <p class="more">
      <button
        type="button"
        aria-disabled={pages.isLoading}
        onClick={pages.isLoading ? undefined : pages.more}
      >
        {t(pages.isLoading ? "common.loading" : "officers.more")}
      </button>
    </p>
  );
}

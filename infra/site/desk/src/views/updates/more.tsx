// The further pages of a list, one at a time.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type ApiError, asApiError } from "../../api/errors";
import { useDesk } from "../../shell/desk";
import { Trouble } from "../../ui/trouble";

interface Paged {
  readonly next?: string;
}

interface MoreProps<T extends Paged> {
  /** Where the first page ended. */
  next: string | undefined;
  load: (cursor: string) => Promise<T>;
  children: (page: T) => ComponentChildren;
}

export function More<T extends Paged>({ next, load, children }: MoreProps<T>) {
  const { t } = useDesk();
  const [pages, setPages] = useState<readonly T[]>([]);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const cursor = pages.length > 0 ? pages.at(-1)?.next : next;
  const more = async () => {
    if (cursor === undefined || isBusy) return;
    setBusy(true);
    setError(undefined);
    try {
      const page = await load(cursor);
      setPages((before) => [...before, page]);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {pages.map((page) => children(page))}
      {error && <Trouble error={error} retry={more} />}
      {cursor !== undefined && (
        <p class="more no-print">
          <button type="button" aria-disabled={isBusy} onClick={more}>
            {t(isBusy ? "common.loading" : "updates.more")}
          </button>
        </p>
      )}
    </>
  );
}

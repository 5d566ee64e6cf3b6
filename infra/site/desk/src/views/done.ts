// What follows when a form was taken: also by an answer that comes only after the same was sent again.
import { useEffect, useRef } from "preact/hooks";
import type { Sent } from "../ui/submission";

/** Acts once for each answer that a form gets. */
export function useDone(sent: Sent<unknown>, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  const done = sent.state === "done" ? sent : undefined;
  useEffect(() => {
    if (done !== undefined) latest.current();
  }, [done]);
}

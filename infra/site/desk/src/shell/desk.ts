// What every view is given: the way to the API, who is signed in, words, dates, the department's clock.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Api } from "../api/client";
import type { Me } from "../api/me";
import type { Dates } from "../i18n/dates";
import type { Text } from "../i18n/text";

export interface Desk extends Text {
  readonly api: Api;
  readonly me: Me;
  readonly dates: Dates;
  /** The API's clock, not this computer's: a demonstration runs on a day of its own, and station clocks go wrong. */
  now(): Date;
  /** Whether this person is admitted to a route, by its name: `may("POST /v1/pause")`. */
  may(route: string): boolean;
  /** Reads `/v1/me` again, after something changed that everybody sees. */
  refresh(): Promise<void>;
}

const Context = createContext<Desk | undefined>(undefined);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (desk === undefined) throw new Error("useDesk is for views, which stand inside the shell");
  return desk;
}

// The views by address. Each is loaded when it is first opened. `needs` names the routes of which one is enough; who has
// none of them neither sees the view in the navigation nor gets it by typing its address.
import type { ComponentType } from "preact";
import type { Key } from "../i18n/text";
import { officersViews } from "../views/officers";
import { placesViews } from "../views/places";
import { updatesViews } from "../views/updates";
import { match } from "./router";

export interface ViewProps {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export interface View {
  /** Pattern of the fragment: `/cases/:number`. */
  readonly path: string;
  readonly title: Key;
  readonly needs: readonly string[];
  /** Under which heading the navigation lists it; views of one thing have none. */
  readonly group?: Group;
  readonly load: () => Promise<{ readonly default: ComponentType<ViewProps> }>;
}

export const GROUPS = ["people", "officers", "places", "system"] as const;
export type Group = (typeof GROUPS)[number];

export const VIEWS: readonly View[] = [...updatesViews, ...officersViews, ...placesViews];

export function isAdmitted(view: View, may: readonly string[]): boolean {
  return view.needs.some((route) => may.includes(route));
}

/** The views that the navigation lists for this person. */
export function listed(may: readonly string[], views: readonly View[] = VIEWS): readonly View[] {
  return views.filter((view) => view.group !== undefined && isAdmitted(view, may));
}

/** The view of a path with its parameters. */
export function viewOf(path: string, views: readonly View[] = VIEWS) {
  for (const view of views) {
    const params = match(view.path, path);
    if (params !== undefined) return { view, params };
  }
  return undefined;
}

// What the reader has chosen: category, window and labels; kept in the fragment of the address and nowhere else.
import type { Cell, Label } from "./cells";
import { categories, type Manifest, windows } from "./manifest";

/** Labels as the filter names them; `withheld` are cells whose count is too small to be told. */
export const LABELS = ["hot", "cold", "none", "withheld"] as const;
export type LabelName = (typeof LABELS)[number];

/** The choices. */
export interface Choice {
  readonly category: string;
  readonly windowDays: number;
  readonly labels: readonly LabelName[];
}

/** The name the filter has for a cell's label. */
export function labelName(label: Label): LabelName {
  return label ?? "withheld";
}

/** The cells that a choice of labels leaves. */
export function filterCells(cells: readonly Cell[], labels: readonly LabelName[]): Cell[] {
  return cells.filter((cell) => labels.includes(labelName(cell.label)));
}

/** How many cells there are of each label. */
export function countLabels(cells: readonly Cell[]): Record<LabelName, number> {
  const counts = { hot: 0, cold: 0, none: 0, withheld: 0 };
  for (const cell of cells) counts[labelName(cell.label)] += 1;
  return counts;
}

/** The choice a fragment names; what it does not name, or what is not published, is the usual. */
export function readFragment(fragment: string, manifest: Manifest): Choice {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const labels = parameters.get("class")?.split(",") ?? [...LABELS];
  return settle(
    {
      category: parameters.get("category") ?? "",
      windowDays: Number(parameters.get("window")),
      labels: LABELS.filter((label) => labels.includes(label)),
    },
    manifest,
  );
}

/** The same choice, brought back to what is published. */
export function settle(choice: Choice, manifest: Manifest): Choice {
  const published = categories(manifest);
  const category = published.includes(choice.category) ? choice.category : (published[0] ?? "");
  const days = windows(manifest, category);
  const windowDays = days.includes(choice.windowDays) ? choice.windowDays : (days[0] ?? 0);
  return { category, windowDays, labels: choice.labels };
}

/** The fragment of a choice, with `#`. */
export function writeFragment(choice: Choice): string {
  const parts = [`category=${encodeURIComponent(choice.category)}`, `window=${choice.windowDays}`];
  if (choice.labels.length < LABELS.length) parts.push(`class=${choice.labels.join(",")}`);
  return `#${parts.join("&")}`;
}

// What is known of the selected cell, told politely to readers who do not see it appear.
import { type Cell, centre } from "./cells";
import { make, part } from "./dom";
import { labelName } from "./filters";
import {
  bandWords,
  dateWords,
  extentWords,
  LABEL_SENTENCES,
  labelWords,
  rankWords,
  trendSentence,
  windowWords,
} from "./words";

/** Shows a cell; `standsIn` where it covers finer cells that are not shown. */
export function showCell(cell: Cell, windowDays: number, standsIn: boolean): void {
  const name = labelName(cell.label);
  const [lon, lat] = centre(cell);
  const rows: [string, string][] = [
    ["Reports", `${bandWords(cell.band)} in ${windowWords(windowDays)}`],
    ["Label", labelWords(name, cell.confidence)],
    ["Rank by recent reports", rankWords(cell)],
  ];
  if (cell.trend !== null) rows.push(["Trend", trendSentence(cell.trend)]);
  rows.push(
    ["Middle of the cell", `${coordinate(lat, "N", "S")}, ${coordinate(lon, "E", "W")}`],
    ["Size", extentWords(cell)],
    ["Edition", dateWords(cell.asOf)],
  );
  const list = make("dl");
  for (const [term, words] of rows) list.append(make("div", {}, make("dt", {}, term), make("dd", {}, words)));
  const notes = [make("p", {}, LABEL_SENTENCES[name])];
  if (standsIn) {
    notes.push(
      make(
        "p",
        {},
        "This larger square stands in for smaller ones inside it whose counts are too small to be shown. " +
          "Its range counts the whole square.",
      ),
    );
  }
  fill(make("h3", {}, `Cell ${cell.geohash}`), list, ...notes);
}

/** Shows how to choose a cell, or why none was found. */
export function showHint(words: string): void {
  fill(make("p", {}, words));
}

function fill(...children: Node[]): void {
  part("details", HTMLElement).replaceChildren(...children);
}

function coordinate(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;
}

// Plain words for what the files say in codes. Everything a reader sees of a cell is worded here.
import type { Cell } from "./cells";
import { metres } from "./cells";
import type { LabelName } from "./filters";
import { ALL } from "./manifest";

/** Names of labels, as in the legend and the table. */
export const LABEL_WORDS: Record<LabelName, string> = {
  hot: "Hot",
  cold: "Cold",
  none: "Not unusual",
  withheld: "Too few to tell",
};

/** One sentence for each label. */
export const LABEL_SENTENCES: Record<LabelName, string> = {
  hot: "More reports came from here and right around it than chance explains.",
  cold: "Fewer reports came from here and right around it than chance explains.",
  none: "The number of reports here and right around it is within what chance explains.",
  withheld: "The number of reports is too small to be shown, and so is everything that follows from it.",
};

const TRENDS: Record<string, string> = {
  up: "reports have been rising",
  down: "reports have been falling",
  new: "hot for the first time in the latest four weeks",
  consecutive: "hot without a break lately, not before",
  persistent: "hot nearly all year, neither rising nor falling",
  intensifying: "hot nearly all year, and rising",
  diminishing: "hot nearly all year, and falling",
  sporadic: "hot on and off, also in the latest four weeks",
  historical: "hot nearly all year, but not in the latest four weeks",
  none: "no clear pattern",
};

/** `theft_from_vehicle` as "Theft from vehicle". */
export function categoryWords(category: string): string {
  if (category === ALL) return "All reported crime";
  if (category === "veh_theft") return "Vehicle theft";
  const words = category.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A window in days as "12 months" where it is a round number of years, else "91 days". */
export function windowWords(days: number): string {
  if (days === 365 || days === 366) return "12 months";
  if (days % 365 === 0 && days > 0) return `${days / 365} years`;
  return `${days} days`;
}

/** `<5` as "fewer than 5", `5-9` as "5 to 9", `1000+` as "1,000 or more". */
export function bandWords(band: string): string {
  const parts = /^(<)?(\d+)(?:-(\d+))?(\+)?$/.exec(band);
  if (parts === null) return band;
  const [, below, low, high, open] = parts;
  if (below !== undefined) return `fewer than ${number(low)}`;
  if (high !== undefined) return `${number(low)} to ${number(high)}`;
  return open === undefined ? number(low) : `${number(low)} or more`;
}

function number(digits: string | undefined): string {
  return Number(digits).toLocaleString("en-US");
}

/** Label and confidence as "Hot, 95 %". */
export function labelWords(name: LabelName, confidence: number | null): string {
  return confidence === null ? LABEL_WORDS[name] : `${LABEL_WORDS[name]}, ${confidence}\u00a0%`;
}

/** A trend in one or two words, as the table has room for. */
export function trendWords(trend: string | null): string {
  if (trend === null) return "not told";
  return trend === "none" ? "no pattern" : trend.replaceAll("_", " ");
}

/** A trend with what it means; one this page does not know as it is written. */
export function trendSentence(trend: string): string {
  const meaning = TRENDS[trend];
  if (meaning === undefined || trend === "none") return trendWords(trend);
  return `${trendWords(trend)}: ${meaning}`;
}

/** A rank band; null is everything below the last band, or a cell whose count is too small. */
export function rankWords(cell: Cell): string {
  if (cell.rank !== null) return cell.rank.replace(" %", "\u00a0%");
  return cell.label === null ? "not told" : "below top 25\u00a0%";
}

/** `2026-07-06` as "July 6, 2026"; anything else as it is. */
export function dateWords(date: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (parts === null) return date;
  const moment = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  const form = { dateStyle: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-US", form).format(moment);
}

/** Bytes as "4.6 kB". */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Width and height of a cell, rounded to what a reader can picture. */
export function extentWords(cell: Cell): string {
  const [width, height] = metres(cell);
  const feet = (length: number) => (Math.round((length * 3.28084) / 50) * 50).toLocaleString("en-US");
  const whole = (length: number) => Math.round(length).toLocaleString("en-US");
  return `about ${feet(width)} by ${feet(height)} feet (${whole(width)} by ${whole(height)} m)`;
}

/** A count of cells with its noun. */
export function cellsWords(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "cell" : "cells"}`;
}

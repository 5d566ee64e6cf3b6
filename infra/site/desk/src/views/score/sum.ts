// The sum behind a score, as it is drawn: 1, what each indicator adds or takes away, the score. Figures are the API's, in
// millionths; the drawing must end exactly at the score, and says so if it does not.
import type { Term } from "../../api/personnel";

/** One row of the drawing. */
export interface Part {
  readonly indicator: string;
  readonly name: string;
  readonly c: number;
  /** Running total before and after. */
  readonly from: number;
  readonly to: number;
}

export interface Sum {
  readonly parts: readonly Part[];
  /** Indicators that are shown and add nothing by design: weight 0. */
  readonly beside: readonly Term[];
  /** Whether 1 and the parts make the score, to the last digit. */
  readonly balances: boolean;
  /** The least and the greatest value that is drawn. */
  readonly low: number;
  readonly high: number;
}

const MILLION = 1_000_000;
const micro = (value: number) => Math.round(value * MILLION);

/** The parts, what adds most first and what takes away most last. */
export function sum(terms: readonly Term[], s: number): Sum {
  const weighed = terms.filter((term) => term.weight > 0 || term.c !== 0);
  const sorted = [...weighed].sort((a, b) => b.c - a.c || a.name.localeCompare(b.name));
  let total = MILLION;
  const parts = sorted.map((term): Part => {
    const from = total;
    total += micro(term.c);
    return {
      indicator: term.indicator,
      name: term.name,
      c: term.c,
      from: from / MILLION,
      to: total / MILLION,
    };
  });
  const ends = parts.flatMap((part) => [part.from, part.to]);
  return {
    parts,
    beside: terms.filter((term) => !weighed.includes(term)),
    balances: total === micro(s),
    low: Math.min(1, s, ...ends),
    high: Math.max(1, s, ...ends),
  };
}

/** Ticks of an axis from `low` to `high`: whole multiples of 0.1, 0.2, 0.25, 0.5, 1, 2 …, seven at most. */
export function ticks(low: number, high: number): number[] {
  const span = Math.max(high - low, 0.1);
  const steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 50, 100];
  const step = steps.find((one) => span / one <= 6) ?? span;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(6)));
}

/** A ratio on a scale of doublings, from 1/8 to 8 times: 0 is the peers' rate, -1 and 1 the ends. */
export function doublings(ratio: number): number {
  if (!(ratio > 0)) return -1;
  return Math.max(-1, Math.min(1, Math.log2(ratio) / 3));
}

/** One piece of a sum in a line. */
export interface Piece {
  readonly indicator: string;
  /** In hundredths. */
  readonly hundredths: number;
}

/**
 * The sum in one line, in hundredths so that what is read adds up: the greatest pieces, and the rest together. `rest` is what
 * remains of the score as printed, so that rounding never leaves a line that does not add up.
 */
export function line(
  contributions: readonly { readonly indicator: string; readonly c: number }[],
  s: number,
  most = 3,
): { readonly score: number; readonly pieces: readonly Piece[]; readonly rest: number } {
  const hundredths = (value: number) => Math.round(value * 100);
  const sorted = [...contributions].sort((a, b) => Math.abs(b.c) - Math.abs(a.c));
  const pieces = sorted
    .slice(0, most)
    .map(({ indicator, c }) => ({ indicator, hundredths: hundredths(c) }))
    .filter((piece) => piece.hundredths !== 0);
  const score = hundredths(s);
  return { score, pieces, rest: score - 100 - pieces.reduce((sum, piece) => sum + piece.hundredths, 0) };
}

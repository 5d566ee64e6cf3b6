// The sum behind a score as it is drawn and as it is read in one line: it always adds up, or says that it does not.
import { describe, expect, test } from "vitest";
import type { Term } from "../../../desk/src/api/personnel";
import { figures } from "../../../desk/src/views/score/figures";
import { sentences } from "../../../desk/src/views/score/sentences";
import { doublings, line, sum, ticks } from "../../../desk/src/views/score/sum";

function term(indicator: string, c: number, weight = 0.1): Term {
  const figures = { exposure_unit: "months", r_dept: 1, r_peer: 1, n: 0, lo: 0, hi: 1 };
  return {
    ...figures,
    indicator,
    name: indicator,
    weight,
    weight_basis: "judgement",
    c,
    unlikely_to_be_chance: false,
    peers: [],
    events: [],
  };
}

describe("the drawing", () => {
  const terms = [
    term("force", 0.502341),
    term("sick", -0.004191),
    term("court", 0, 0),
    term("complaint", 0.818922),
  ];

  test("goes from 1 to the score, what adds most first", () => {
    const drawn = sum(terms, 2.317072);
    expect(drawn.parts.map((part) => part.indicator)).toEqual(["complaint", "force", "sick"]);
    expect(drawn.parts.at(0)?.from).toBe(1);
    expect(drawn.parts.at(-1)?.to).toBe(2.317072);
    expect(drawn.balances).toBe(true);
    expect(drawn.beside.map((one) => one.indicator)).toEqual(["court"]);
  });

  test("each part begins where the one before ended", () => {
    const { parts } = sum(terms, 2.317072);
    for (const [index, part] of parts.slice(1).entries()) expect(part.from).toBe(parts[index]?.to);
  });

  test("a millionth that is missing is told", () => {
    expect(sum(terms, 2.317073).balances).toBe(false);
  });

  test("holds every running total within its edges", () => {
    const { low, high } = sum([term("a", 2), term("b", -1.5)], 1.5);
    expect([low, high]).toEqual([1, 3]);
  });
});

describe("the line", () => {
  /** What is printed adds up to what is printed. */
  function check(contributions: [string, number][], s: number, rest: number): void {
    const read = line(
      contributions.map(([indicator, c]) => ({ indicator, c })),
      s,
    );
    expect(read.rest).toBe(rest);
    expect(100 + read.pieces.reduce((total, piece) => total + piece.hundredths, 0) + read.rest).toBe(
      read.score,
    );
  }

  test("adds up as it is read, whatever rounding does", () => {
    check(
      [
        ["a", 0.005],
        ["b", 0.005],
        ["c", 0.005],
        ["d", 0.005],
      ],
      1.02,
      -1,
    );
    check(
      [
        ["a", 0.818922],
        ["b", 0.502341],
        ["c", 0.22],
        ["d", -0.012002],
      ],
      2.529261,
      -1,
    );
    check([], 1, 0);
  });

  test("leaves out what rounds to nothing", () => {
    expect(line([{ indicator: "a", c: 0.001 }], 1.001).pieces).toEqual([]);
  });
});

test("ticks are round and few", () => {
  expect(ticks(0.9, 2.53)).toEqual([1, 1.5, 2, 2.5]);
  expect(ticks(1, 1.1)).toEqual([1, 1.1]);
  expect(ticks(0.5, 40).length).toBeLessThanOrEqual(7);
});

test("ratios stand on a scale of doublings that ends at eight", () => {
  expect([1, 2, 8, 20, 0.125, 0].map(doublings)).toEqual([0, 1 / 3, 1, 1, -1, -1]);
});

test("figures have a true minus, and zero has no sign", () => {
  const { plain, signed, percent } = figures("en");
  expect([signed(0.821), signed(-0.012), signed(0.001), signed(-0.001)]).toEqual([
    "+0.82",
    "−0.01",
    "0.00",
    "0.00",
  ]);
  expect([plain(-1.5, 1), plain(1234, 0), percent(0.045, 1)]).toEqual(["−1.5", "1,234", "4.5\u00a0%"]);
  expect(figures("es").signed(-0.5)).toBe("−0,50");
});

test("an explanation is split between its sentences, no word lost", () => {
  const words =
    'Score 2.53, where 1 is the department\'s rate; percentile 99.0 of 150 officers. Complaints add 0.82. Rule "x": 3 in 9 days.';
  expect(sentences(words)).toHaveLength(3);
  expect(sentences(words).join(" ")).toBe(words);
  expect(sentences('Rule "so many a. day": 3 in 9 days.')).toHaveLength(1);
});

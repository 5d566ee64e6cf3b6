// How a cell looks, on the map and in the legend: a tile of pixels for each label and confidence. Labels differ
// by pattern and by lightness as well as by hue, so that they can be told apart without colour.
import type { Cell } from "./cells";
import { labelName } from "./filters";

export type Theme = "light" | "dark";
export type Look = "hot-99" | "hot-95" | "hot-90" | "cold-99" | "cold-95" | "cold-90" | "none" | "withheld";

/** Every look, in the order of the legend. */
export const LOOKS: readonly Look[] = [
  "hot-99",
  "hot-95",
  "hot-90",
  "cold-99",
  "cold-95",
  "cold-90",
  "none",
  "withheld",
];

/** Pixels of a tile's side; drawn at two pixels to the point. */
export const TILE = 16;

/** Colours of a map. */
export interface Palette {
  readonly ground: string;
  readonly grid: string;
  readonly outline: string;
  readonly edge: string;
  readonly faint: string;
  readonly chosen: string;
  readonly halo: string;
  readonly paint: Record<Look, readonly [paper: string, ink: string]>;
}

export const PALETTES: Record<Theme, Palette> = {
  light: {
    ground: "#f4f6f8",
    grid: "#d5dbe1",
    outline: "#4a5561",
    edge: "#7b8691",
    faint: "#c9d0d7",
    chosen: "#111827",
    halo: "#ffffff",
    paint: {
      "hot-99": ["#8c2d04", "#8c2d04"],
      "hot-95": ["#fdbb84", "#b3400a"],
      "hot-90": ["#fee8d3", "#d9661f"],
      "cold-99": ["#bcd7ee", "#084081"],
      "cold-95": ["#bcd7ee", "#1f5fa8"],
      "cold-90": ["#e3eef8", "#4a86c5"],
      none: ["#e3e7eb", "#e3e7eb"],
      withheld: ["#f4f6f8", "#8b96a1"],
    },
  },
  dark: {
    ground: "#161b21",
    grid: "#2b333c",
    outline: "#a3aeb9",
    edge: "#6c7884",
    faint: "#4a545e",
    chosen: "#ffffff",
    halo: "#000000",
    paint: {
      "hot-99": ["#ffc078", "#ffc078"],
      "hot-95": ["#7a3a10", "#f59f4b"],
      "hot-90": ["#3d2413", "#c9773a"],
      "cold-99": ["#1c4472", "#a5d0ff"],
      "cold-95": ["#1c4472", "#6ea8e0"],
      "cold-90": ["#1b2f45", "#4a7fb5"],
      none: ["#343d47", "#343d47"],
      withheld: ["#161b21", "#76828e"],
    },
  },
};

/** The look of a cell. */
export function look(cell: Cell): Look {
  const name = labelName(cell.label);
  if (name === "none" || name === "withheld") return name;
  const confidence = cell.confidence ?? 90;
  const level = confidence >= 99 ? 99 : confidence >= 95 ? 95 : 90;
  return `${name}-${level}`;
}

/** Pixels (RGBA, row by row) of a look's tile, which repeats without a seam. */
export function tile(kind: Look, theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  const [paper, ink] = PALETTES[theme].paint[kind].map(channels);
  const pixels = new Uint8ClampedArray(TILE * TILE * 4);
  for (let y = 0; y < TILE; y += 1) {
    for (let x = 0; x < TILE; x += 1) {
      pixels.set((isInk(kind, x, y) ? ink : paper) ?? [], (y * TILE + x) * 4);
    }
  }
  return pixels;
}

/** Hot is hatched upwards, cold striped level, the denser the surer; withheld is dotted. */
function isInk(kind: Look, x: number, y: number): boolean {
  switch (kind) {
    case "hot-95":
      return (x + y) % 8 < 3;
    case "hot-90":
      return (x + y) % 16 < 3;
    case "cold-99":
      return y % 8 < 6;
    case "cold-95":
      return y % 8 < 3;
    case "cold-90":
      return y % 16 < 3;
    case "withheld":
      return (x % 8) - 3 >= 0 && (x % 8) - 3 < 2 && (y % 8) - 3 >= 0 && (y % 8) - 3 < 2;
    default:
      return true;
  }
}

function channels(hex: string): [number, number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}

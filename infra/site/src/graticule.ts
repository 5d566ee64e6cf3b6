// Lines of latitude and longitude: with no base map they say where one is.

/** A line of the graticule. */
export interface GridLine {
  readonly axis: "lon" | "lat";
  readonly value: number;
  readonly words: string;
}

/** Spacings in degrees that read well. */
const STEPS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The lines inside west, south, east, north: about `wanted` on the longer side. */
export function gridLines(box: readonly [number, number, number, number], wanted = 5): GridLine[] {
  const [west, south, east, north] = box;
  const span = Math.max(east - west, north - south);
  const step = STEPS.find((candidate) => span / candidate <= wanted) ?? 10;
  return [...along("lon", west, east, step), ...along("lat", south, north, step)];
}

function along(axis: "lon" | "lat", from: number, to: number, step: number): GridLine[] {
  const lines: GridLine[] = [];
  for (let n = Math.ceil(from / step); n * step <= to; n += 1) {
    const value = Number((n * step).toFixed(6));
    lines.push({ axis, value, words: degrees(value, axis, step) });
  }
  return lines;
}

function degrees(value: number, axis: "lon" | "lat", step: number): string {
  const decimals = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const side = axis === "lon" ? (value < 0 ? "W" : "E") : value < 0 ? "S" : "N";
  return `${Math.abs(value).toFixed(decimals)}°\u00a0${side}`;
}

// The manifest of a publication: which maps there are, where their files lie, and in whose name.
import { isRecord } from "./cells";

/** One published map. */
export interface MapFile {
  readonly category: string;
  readonly windowDays: number;
  readonly precision: number;
  readonly path: string;
  readonly csv: string | undefined;
  readonly snapshot: string | undefined;
  readonly features: number;
  readonly bytes: number | undefined;
}

/** A publication. */
export interface Manifest {
  readonly asOf: string;
  readonly agency: string;
  readonly title: string | undefined;
  readonly disclaimer: string;
  readonly license: string | undefined;
  /** Days left out at the end, where the publisher tells. */
  readonly delayDays: number | undefined;
  /** Categories left out altogether, where the publisher tells. */
  readonly excluded: readonly string[];
  /** GeoJSON outline of the area, where there is one. */
  readonly outline: string | undefined;
  readonly files: readonly MapFile[];
  readonly withdrawn: readonly string[];
}

/** Address of the manifest, relative to the page. */
export const MANIFEST = "hotspots/manifest.json";
/** Category of the map of everything. */
export const ALL = "all";

/** Reads a manifest; entries that name no file of this bucket are left out. */
export function readManifest(document: unknown): Manifest {
  if (!isRecord(document)) throw new Error("the manifest is not a JSON object");
  const asOf = optionalText(document, "as_of");
  const files = document.files;
  if (asOf === undefined || !Array.isArray(files))
    throw new Error('the manifest has no "as_of" or no "files"');
  return {
    asOf,
    agency: optionalText(document, "agency") ?? "Police department",
    title: optionalText(document, "title"),
    disclaimer: optionalText(document, "disclaimer") ?? "",
    license: optionalText(document, "license"),
    delayDays: optionalNumber(document, "delay_days"),
    excluded: texts(document, "excluded"),
    outline: optionalPath(document, "outline"),
    files: files.map(readFile).filter((file) => file !== undefined),
    withdrawn: texts(document, "withdrawn"),
  };
}

function readFile(entry: unknown): MapFile | undefined {
  if (!isRecord(entry)) return undefined;
  const category = optionalText(entry, "category");
  const windowDays = optionalNumber(entry, "window_days");
  const path = optionalPath(entry, "path");
  if (category === undefined || windowDays === undefined || path === undefined) return undefined;
  return {
    category,
    windowDays,
    path,
    precision: optionalNumber(entry, "precision") ?? 0,
    csv: optionalPath(entry, "csv"),
    snapshot: optionalPath(entry, "snapshot"),
    features: optionalNumber(entry, "features") ?? 0,
    bytes: optionalNumber(entry, "bytes"),
  };
}

/** Categories with a map: the map of everything first, the others by name. */
export function categories(manifest: Manifest): string[] {
  const names = [...new Set(manifest.files.map((file) => file.category))].sort();
  return names.includes(ALL) ? [ALL, ...names.filter((name) => name !== ALL)] : names;
}

/** Windows a category is published for, shortest first. */
export function windows(manifest: Manifest, category: string): number[] {
  const days = manifest.files.filter((file) => file.category === category).map((file) => file.windowDays);
  return [...new Set(days)].sort((a, b) => a - b);
}

/** The file to show; of several precisions the finest. */
export function fileFor(manifest: Manifest, category: string, windowDays: number): MapFile | undefined {
  return manifest.files
    .filter((file) => file.category === category && file.windowDays === windowDays)
    .sort((a, b) => b.precision - a.precision)[0];
}

function optionalText(record: Record<string, unknown>, key: string): string | undefined {
  const value = record[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optionalNumber(record: Record<string, unknown>, key: string): number | undefined {
  const value = record[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A path inside the bucket: never another host, never upwards. */
function optionalPath(record: Record<string, unknown>, key: string): string | undefined {
  const value = optionalText(record, key);
  return value !== undefined && /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(value) ? value : undefined;
}

function texts(record: Record<string, unknown>, key: string): string[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

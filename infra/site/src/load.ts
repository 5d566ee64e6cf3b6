// Reads files of the bucket this page lies in, and words what went wrong for the reader.
import { type Cell, readCells } from "./cells";
import { MANIFEST, type Manifest, type MapFile, readManifest } from "./manifest";

/** A failure with words for the reader. */
export class Unreadable extends Error {}

/** The manifest. */
export async function loadManifest(): Promise<Manifest> {
  const document = await json(MANIFEST, {
    absent: "No map has been published here yet.",
    broken: "The list of published maps cannot be read.",
  });
  return worded("The list of published maps cannot be read.", () => readManifest(document));
}

/** The cells of one map. */
export async function loadCells(file: MapFile): Promise<Cell[]> {
  const broken = "The file of this map cannot be read.";
  const document = await json(file.path, {
    absent: "The file of this map is missing; the department may be replacing it.",
    broken,
  });
  return worded(broken, () => readCells(document));
}

/** Any GeoJSON of the bucket; undefined where it cannot be had. */
export async function loadOutline(path: string): Promise<GeoJSON.GeoJSON | undefined> {
  try {
    return (await json(path, { absent: "", broken: "" })) as GeoJSON.GeoJSON;
  } catch {
    return undefined; // an outline is a convenience
  }
}

async function json(path: string, words: { absent: string; broken: string }): Promise<unknown> {
  let response: Response;
  try {
    // Asked again each time, answered with "not modified" as a rule: a new edition must not wait for a cache.
    response = await fetch(new URL(path, document.baseURI), { cache: "no-cache" });
  } catch {
    throw new Unreadable("The server cannot be reached. Check the connection and load the page again.");
  }
  // A bucket that may not be listed says 403 for what is not there.
  if (response.status === 404 || response.status === 403) throw new Unreadable(words.absent);
  if (!response.ok) throw new Unreadable(`${words.broken} (The server answered ${response.status}.)`);
  try {
    return await response.json();
  } catch {
    throw new Unreadable(`${words.broken} (It is not JSON.)`);
  }
}

function worded<T>(words: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Unreadable(`${words} (${error instanceof Error ? error.message : error})`);
  }
}

// The page: reads the manifest, keeps choices, table and map in step.
import "./style.css";
import { bounds, type Cell, type Direction, neighbour } from "./cells";
import { showCell, showHint } from "./details";
import { make, part } from "./dom";
import { showDownloads, showLicense } from "./downloads";
import { type Choice, countLabels, filterCells, readFragment, settle, writeFragment } from "./filters";
import { Legend } from "./legend";
import { loadCells, loadManifest, loadOutline, Unreadable } from "./load";
import type { Theme } from "./looks";
import { categories, fileFor, type Manifest, type MapFile, windows } from "./manifest";
import type { CellMap } from "./map";
import { CellTable } from "./table";
import { theme } from "./theme";
import { categoryWords, cellsWords, dateWords, windowWords } from "./words";

const HINT =
  "Choose a cell: click it, or focus the map and use the arrow keys, or press its name in the table.";
const HINT_WITHOUT_MAP = "Choose a cell: press its name in the table.";

/** Everything between a published manifest and its reader. */
class Page {
  readonly #category = part("category", HTMLSelectElement);
  readonly #window = part("window", HTMLSelectElement);
  readonly #legend = new Legend((labels) => this.#choose({ ...this.#choice, labels }));
  readonly #table = new CellTable((cell) => this.#select(cell));
  readonly #read = new Map<MapFile, Cell[]>();
  #choice: Choice;
  #cells: readonly Cell[] = [];
  #shown: readonly Cell[] = [];
  #selected: Cell | undefined;
  #map: CellMap | undefined;
  #opening: Promise<void> | undefined;
  #hint = HINT;
  #theme: Theme;

  constructor(
    readonly manifest: Manifest,
    name: Theme,
  ) {
    this.#theme = name;
    this.#legend.paint(name);
    this.#choice = readFragment(location.hash, manifest);
    this.#category.addEventListener("change", () =>
      this.#choose({ ...this.#choice, category: this.#category.value }),
    );
    this.#window.addEventListener("change", () =>
      this.#choose({ ...this.#choice, windowDays: Number(this.#window.value) }),
    );
    window.addEventListener("hashchange", () => this.#apply(readFragment(location.hash, manifest)));
    part("skip", HTMLAnchorElement).addEventListener("click", skip);
    part("whole", HTMLButtonElement).addEventListener("click", () => this.#map?.whole(this.#cells));
  }

  /** Shows the first map. */
  async start(): Promise<void> {
    part("content", HTMLElement).hidden = false;
    await this.#apply(this.#choice);
  }

  #choose(choice: Choice): void {
    const settled = settle(choice, this.manifest);
    history.replaceState(null, "", writeFragment(settled));
    void this.#apply(settled);
  }

  async #apply(choice: Choice): Promise<void> {
    this.#choice = choice;
    options(this.#category, categories(this.manifest), choice.category, categoryWords);
    options(this.#window, windows(this.manifest, choice.category), choice.windowDays, windowWords);
    const file = fileFor(this.manifest, choice.category, choice.windowDays);
    try {
      const cells = file === undefined ? [] : await this.#cellsOf(file);
      if (this.#choice !== choice) return; // the reader went on while this was on its way
      this.#cells = cells;
      say(cells.length === 0 ? "This map has no cells: nothing was reported that may be shown." : "");
    } catch (error) {
      if (this.#choice !== choice) return;
      this.#cells = [];
      say(wordsFor(error));
    }
    if (file !== undefined) showDownloads(this.manifest, file);
    this.#draw();
  }

  async #cellsOf(file: MapFile): Promise<Cell[]> {
    const cells = this.#read.get(file) ?? (await loadCells(file));
    this.#read.set(file, cells);
    return cells;
  }

  #draw(): void {
    const { category, windowDays, labels } = this.#choice;
    this.#shown = filterCells(this.#cells, labels);
    const counts = countLabels(this.#cells);
    this.#legend.show(labels, counts);
    const title = `${categoryWords(category)}, ${windowWords(windowDays)}`;
    this.#table.show(this.#shown, `${title}: ${cellsWords(this.#shown.length)}`);
    part("summary", HTMLElement).textContent =
      `${title}: ${cellsWords(this.#shown.length)} of ${this.#cells.length.toLocaleString("en-US")} shown, ` +
      `${counts.hot.toLocaleString("en-US")} hot.`;
    for (const section of document.querySelectorAll<HTMLElement>(".needs-cells")) {
      section.hidden = this.#cells.length === 0;
    }
    part("skip", HTMLElement).hidden = this.#cells.length === 0;
    this.#map?.show(this.#shown);
    const box = bounds(this.#cells);
    if (box !== undefined) this.#opening ??= this.#openMap(box);
    this.#select(this.#shown.find((cell) => cell.geohash === this.#selected?.geohash));
  }

  #select(cell: Cell | undefined): void {
    this.#selected = cell;
    this.#table.select(cell);
    this.#map?.select(cell);
    if (cell === undefined) showHint(this.#hint);
    else showCell(cell, this.#choice.windowDays, this.#standsIn(cell));
  }

  /** Whether the map has finer cells, for some of which this one then stands in. */
  #standsIn(cell: Cell): boolean {
    return this.#cells.some((other) => other.geohash.length > cell.geohash.length);
  }

  #move(direction: Direction): void {
    const next =
      this.#selected === undefined ? this.#map?.middle() : neighbour(this.#shown, this.#selected, direction);
    if (next !== undefined) this.#select(next);
    else showHint(`There is no further cell to the ${direction}.`);
  }

  /** Once, as soon as there is something to draw. */
  async #openMap(box: [number, number, number, number]): Promise<void> {
    try {
      if (document.createElement("canvas").getContext("webgl2") === null) throw new Error("no WebGL");
      const { CellMap } = await import("./map");
      const listeners = {
        chosen: (cell: Cell | undefined) => this.#select(cell),
        moved: (direction: Direction) => this.#move(direction),
      };
      this.#map = await CellMap.open(part("map", HTMLElement), this.#theme, box, listeners);
    } catch {
      this.#hint = HINT_WITHOUT_MAP;
      this.#select(this.#selected);
      part("map-area", HTMLElement).classList.add("without-map");
      part("map", HTMLElement).replaceChildren(
        make("p", {}, "This browser cannot draw the map (it needs WebGL). The table below tells the same."),
      );
      return;
    }
    this.#map.paint(this.#theme);
    this.#draw();
    const outline =
      this.manifest.outline === undefined ? undefined : await loadOutline(this.manifest.outline);
    if (outline !== undefined) this.#map.outline(outline);
  }

  /** Light or dark. */
  paint(name: Theme): void {
    this.#theme = name;
    this.#legend.paint(name);
    this.#map?.paint(name);
  }
}

function options<T extends string | number>(
  select: HTMLSelectElement,
  values: readonly T[],
  chosen: T,
  words: (value: T) => string,
): void {
  select.replaceChildren(...values.map((value) => make("option", { value: `${value}` }, words(value))));
  select.value = `${chosen}`;
}

/** Goes to the table without giving up the fragment, which holds the choice. */
function skip(event: Event): void {
  event.preventDefault();
  const section = part("table-section", HTMLElement);
  section.tabIndex = -1;
  section.focus();
}

function say(words: string): void {
  const place = part("message", HTMLElement);
  place.textContent = words;
  place.hidden = words === "";
}

function wordsFor(error: unknown): string {
  return error instanceof Unreadable ? error.message : "The map cannot be shown; load the page again.";
}

/** What the manifest says of the whole publication. */
function introduce(manifest: Manifest): void {
  const title = manifest.title ?? "Where crime is reported";
  document.title = `${title}: ${manifest.agency}`;
  part("title", HTMLElement).textContent = title;
  part("agency", HTMLElement).textContent = manifest.agency;
  part("as-of", HTMLElement).textContent = `Edition of ${dateWords(manifest.asOf)}`;
  part("disclaimer", HTMLElement).textContent = manifest.disclaimer;
  if (manifest.delayDays !== undefined) {
    part("delay", HTMLElement).textContent = `The newest ${manifest.delayDays} days are left out.`;
  }
  if (manifest.excluded.length > 0) {
    part("excluded", HTMLElement).textContent =
      `Left out before anything is counted: ${manifest.excluded.map((name) => name.replaceAll("_", " ")).join(", ")}.`;
  }
  showLicense(manifest.license);
}

async function start(): Promise<void> {
  let page: Page | undefined;
  let name: Theme = "light";
  theme((now) => {
    name = now;
    page?.paint(now);
  });
  try {
    const manifest = await loadManifest();
    introduce(manifest);
    page = new Page(manifest, name);
    if (manifest.files.length === 0) say("The latest edition holds no map.");
    else await page.start();
  } catch (error) {
    say(wordsFor(error));
  }
}

await start();

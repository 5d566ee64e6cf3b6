// The table of cells: the same as the map for readers who do not use it, sorted and paged.
import type { Cell } from "./cells";
import { make, part } from "./dom";
import { labelName } from "./filters";
import { type Column, FIRST_ORDER, type Order, page, sortCells } from "./sorting";
import { bandWords, cellsWords, labelWords, rankWords, trendWords } from "./words";

const PAGE = 25;
const HEADINGS: readonly (readonly [Column, string])[] = [
  ["geohash", "Cell"],
  ["band", "Reports"],
  ["label", "Label"],
  ["rank", "Rank"],
  ["trend", "Trend"],
];

/** The table and its buttons. */
export class CellTable {
  readonly #table = part("table", HTMLTableElement);
  readonly #range = part("table-range", HTMLElement);
  readonly #previous = part("table-previous", HTMLButtonElement);
  readonly #next = part("table-next", HTMLButtonElement);
  #cells: readonly Cell[] = [];
  #finest = 0;
  #order: Order = FIRST_ORDER;
  #page = 0;
  #chosen: string | undefined;

  constructor(readonly onChosen: (cell: Cell) => void) {
    this.#previous.addEventListener("click", () => this.#turn(-1));
    this.#next.addEventListener("click", () => this.#turn(1));
  }

  /** Shows these cells under this caption, from the first page. */
  show(cells: readonly Cell[], caption: string): void {
    this.#cells = cells;
    this.#finest = Math.max(...cells.map((cell) => cell.geohash.length));
    this.#page = 0;
    part("table-caption", HTMLElement).textContent = caption;
    this.#draw();
  }

  /** Marks a cell and turns to its page. */
  select(cell: Cell | undefined): void {
    this.#chosen = cell?.geohash;
    const place = sortCells(this.#cells, this.#order).findIndex((row) => row.geohash === this.#chosen);
    if (place >= 0) this.#page = Math.floor(place / PAGE);
    this.#draw();
  }

  #turn(by: number): void {
    this.#page += by;
    this.#draw();
  }

  #sort(column: Column): void {
    const same = this.#order.column === column;
    // Counts are of interest from the top; everything else begins at its beginning.
    this.#order = {
      column,
      descending: same ? !this.#order.descending : column === "band" || column === "label",
    };
    this.#page = 0;
    this.#draw();
    this.#table.querySelector<HTMLButtonElement>(`th button[data-column="${column}"]`)?.focus();
  }

  #draw(): void {
    const columns = HEADINGS.filter(
      ([column]) => column !== "trend" || this.#cells.some((cell) => cell.trend !== null),
    );
    const shown = page(sortCells(this.#cells, this.#order), this.#page, PAGE);
    this.#page = shown.index;
    const focused = document.activeElement?.getAttribute("data-cell");
    this.#table.tHead?.replaceChildren(
      make("tr", {}, ...columns.map((heading) => this.#heading(...heading))),
    );
    this.#table.tBodies[0]?.replaceChildren(
      ...shown.rows.map((cell) =>
        this.#row(
          cell,
          columns.map(([column]) => column),
        ),
      ),
    );
    // Drawing anew must not take the focus from a reader who is inside.
    if (focused) this.#table.querySelector<HTMLElement>(`[data-cell="${focused}"]`)?.focus();
    const first = shown.index * PAGE + 1;
    this.#range.textContent =
      shown.rows.length === 0
        ? "No cells"
        : `${first.toLocaleString("en-US")}–${(first + shown.rows.length - 1).toLocaleString("en-US")} of ${cellsWords(this.#cells.length)}`;
    this.#previous.disabled = shown.index === 0;
    this.#next.disabled = shown.index >= shown.pages - 1;
  }

  #heading(column: Column, words: string): HTMLTableCellElement {
    const { column: sorted, descending } = this.#order;
    const button = make("button", { type: "button", "data-column": column }, words);
    button.addEventListener("click", () => this.#sort(column));
    const heading = make("th", { scope: "col", "data-part": column }, button);
    if (column === sorted) heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    return heading;
  }

  #row(cell: Cell, columns: readonly Column[]): HTMLTableRowElement {
    const chosen = cell.geohash === this.#chosen;
    const button = make(
      "button",
      { type: "button", "data-cell": cell.geohash, "aria-pressed": `${chosen}` },
      cell.geohash,
    );
    button.addEventListener("click", () => this.onChosen(cell));
    const words: Record<Exclude<Column, "geohash">, string> = {
      band: bandWords(cell.band),
      label: labelWords(labelName(cell.label), cell.confidence),
      trend: trendWords(cell.trend),
      rank: rankWords(cell),
    };
    const note = this.#finest > cell.geohash.length ? [" ", make("span", { class: "note" }, "larger")] : [];
    const entries = columns.map((column) =>
      column === "geohash"
        ? make("th", { scope: "row" }, button, ...note)
        : make("td", { "data-part": column }, words[column]),
    );
    const row = make("tr", {}, ...entries);
    row.classList.toggle("chosen", chosen);
    return row;
  }
}

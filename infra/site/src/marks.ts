// Words over cells: where a cell is too small to be seen, its mark is, and can be pressed like the cell. Everything that a mark
// says stands in the table as well, so that it is hidden from those who hear the page.
import { type Cell, centre } from "./cells";
import { make } from "./dom";

/** Words that stand over a cell. */
export interface Mark {
  readonly cell: Cell;
  readonly words: string;
  /** A word for the style sheet. */
  readonly look: string;
}

/** The marks of a map, in an element over it. */
export class Marks {
  readonly element = make("div", { class: "cell-marks", "aria-hidden": "true" });

  constructor(onPressed: (geohash: string) => void) {
    this.element.addEventListener("click", ({ target }) => {
      const geohash = target instanceof HTMLElement ? target.dataset.geohash : undefined;
      if (geohash !== undefined) onPressed(geohash);
    });
  }

  /** Shows these marks in place of those before. */
  show(marks: readonly Mark[]): void {
    this.element.replaceChildren(
      ...marks.map(({ cell, words, look }) => {
        const [lon, lat] = centre(cell);
        const data = { "data-lon": `${lon}`, "data-lat": `${lat}`, "data-geohash": cell.geohash };
        return make("span", { ...data, "data-look": look }, words);
      }),
    );
  }

  /** Puts each where its cell is now. */
  place(project: (position: [number, number]) => { readonly x: number; readonly y: number }): void {
    for (const mark of this.element.children) {
      if (!(mark instanceof HTMLElement)) continue;
      const { x, y } = project([Number(mark.dataset.lon), Number(mark.dataset.lat)]);
      mark.style.transform = `translate(calc(${x}px - 50%), calc(${y}px - 100% - 4px))`;
    }
  }
}

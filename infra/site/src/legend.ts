// The legend, which is the filter of labels at the same time.
import { make, part } from "./dom";
import { LABELS, type LabelName } from "./filters";
import { LOOKS, type Look, type Theme, TILE, tile } from "./looks";
import { LABEL_SENTENCES, LABEL_WORDS } from "./words";

/** Draws the legend with a box to tick for each label; tells the labels that are ticked after each change. */
export class Legend {
  readonly #boxes = new Map<LabelName, HTMLInputElement>();
  readonly #counts = new Map<LabelName, HTMLElement>();
  readonly #swatches: [HTMLCanvasElement, Look][] = [];

  constructor(onChanged: (labels: LabelName[]) => void) {
    const list = part("legend", HTMLElement);
    for (const name of LABELS) {
      const box = make("input", {
        type: "checkbox",
        id: `label-${name}`,
        "aria-describedby": `about-${name}`,
      });
      const count = make("span", { class: "count" });
      box.addEventListener("change", () =>
        onChanged(LABELS.filter((label) => this.#boxes.get(label)?.checked)),
      );
      this.#boxes.set(name, box);
      this.#counts.set(name, count);
      list.append(
        make(
          "div",
          { class: "legend-entry" },
          box,
          make("label", { for: `label-${name}` }, LABEL_WORDS[name], " ", count),
          this.#samples(name),
          make("p", { id: `about-${name}` }, LABEL_SENTENCES[name]),
        ),
      );
    }
  }

  /** Ticks the boxes, and writes how many cells there are of each label. */
  show(labels: readonly LabelName[], counts: Record<LabelName, number>): void {
    for (const [name, box] of this.#boxes) box.checked = labels.includes(name);
    for (const [name, count] of this.#counts) count.textContent = `(${counts[name].toLocaleString("en-US")})`;
  }

  /** Light or dark. */
  paint(theme: Theme): void {
    for (const [canvas, kind] of this.#swatches) {
      const context = canvas.getContext("2d");
      if (context === null) continue;
      const image = new ImageData(tile(kind, theme), TILE, TILE);
      for (let x = 0; x < canvas.width; x += TILE) {
        for (let y = 0; y < canvas.height; y += TILE) context.putImageData(image, x, y);
      }
    }
  }

  #samples(name: LabelName): HTMLElement {
    const samples = make("span", { class: "samples", "aria-hidden": "true" });
    for (const kind of LOOKS.filter((one) => one.startsWith(name))) {
      const canvas = make("canvas", { width: "64", height: "32" });
      this.#swatches.push([canvas, kind]);
      const level = kind.split("-")[1];
      samples.append(make("span", {}, canvas, ...(level === undefined ? [] : [`${level}\u00a0%`])));
    }
    return samples;
  }
}

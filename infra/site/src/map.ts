// The map: cells, graticule and selection on a plain ground, drawn by MapLibre. Loaded only where the browser
// can draw it; everything it shows stands in the table as well.
import "maplibre-gl/dist/maplibre-gl.css";
import {
  type GeoJSONSource,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { bounds, type Cell, type Direction, nearest } from "./cells";
import { make } from "./dom";
import { gridLines } from "./graticule";
import { LOOKS, look, PALETTES, type Theme, TILE, tile } from "./looks";
import { mapStyle } from "./map-style";
import { type Mark, Marks } from "./marks";

type Polygons = GeoJSON.FeatureCollection<GeoJSON.Polygon>;

/** What the map tells the page. */
export interface Listeners {
  readonly chosen: (cell: Cell | undefined) => void;
  readonly moved: (direction: Direction) => void;
}

const ARROWS: Record<string, Direction> = {
  ArrowUp: "north",
  ArrowRight: "east",
  ArrowDown: "south",
  ArrowLeft: "west",
};

/** A map in `container`. `data-state` of the container is `idle` when everything asked for is drawn. */
export class CellMap {
  readonly #map: MapLibre;
  readonly #labels = make("div", { class: "grid-labels", "aria-hidden": "true" });
  readonly #marks: Marks;
  #cells: readonly Cell[] = [];

  private constructor(
    readonly container: HTMLElement,
    theme: Theme,
    box: [number, number, number, number],
    listeners: Listeners,
  ) {
    this.#marks = new Marks((geohash) =>
      listeners.chosen(this.#cells.find((cell) => cell.geohash === geohash)),
    );
    const workers = new URL(workerUrl, import.meta.url);
    setWorkerUrl(workers.href);
    this.#map = new MapLibre({
      container,
      style: mapStyle(theme),
      bounds: box,
      fitBoundsOptions: { padding: 28 },
      minZoom: 7,
      maxZoom: 17,
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      touchPitch: false,
      pitchWithRotate: false,
      keyboard: false, // arrow keys go from cell to cell
      fadeDuration: 0,
      locale: { "Map.Title": "Map of cells. Arrow keys go from cell to cell, plus and minus zoom." },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    this.#map.addControl(new ScaleControl({ unit: "imperial" }), "bottom-left");
    this.#map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    container.append(this.#labels, this.#marks.element);
    container.dataset.state = "busy";
  }

  /** Makes the map; rejects where the browser cannot draw it. */
  static async open(
    container: HTMLElement,
    theme: Theme,
    box: [number, number, number, number],
    listeners: Listeners,
  ): Promise<CellMap> {
    const self = new CellMap(container, theme, box, listeners);
    await new Promise<void>((resolve, reject) => {
      self.#map.once("load", () => resolve());
      self.#map.once("error", ({ error }) => reject(error));
    });
    self.#addTiles();
    self.#listen(listeners);
    self.#drawGrid();
    return self;
  }

  /** Shows these cells in place of the ones before. */
  show(cells: readonly Cell[]): void {
    this.#cells = cells;
    this.#source("cells").setData(polygons(cells));
    this.#busy();
  }

  /** Writes words over cells, in place of those before; whatever they say stands in the table as well. */
  mark(marks: readonly Mark[]): void {
    this.#marks.show(marks);
    this.#placeMarks();
  }

  /** Takes the map away with everything it holds. */
  close(): void {
    this.#map.remove();
    this.container.replaceChildren();
  }

  /** Shows the outline of the area. */
  outline(document: GeoJSON.GeoJSON): void {
    this.#source("outline").setData(document);
    this.#busy();
  }

  /** Marks one cell, or none, and brings it into view. */
  select(cell: Cell | undefined): void {
    this.#source("chosen").setData(polygons(cell === undefined ? [] : [cell]));
    this.#busy();
    if (cell === undefined) return;
    const view = this.#map.getBounds();
    if (!view.contains([cell.west, cell.south]) || !view.contains([cell.east, cell.north])) {
      // Not essential: MapLibre jumps where the reader prefers reduced motion.
      this.#map.easeTo({ center: [(cell.west + cell.east) / 2, (cell.south + cell.north) / 2] });
    }
  }

  /** The cell nearest to the middle of the view. */
  middle(): Cell | undefined {
    const { lng, lat } = this.#map.getCenter();
    return nearest(this.#cells, lng, lat);
  }

  /** Shows everything. */
  whole(cells: readonly Cell[]): void {
    const box = bounds(cells);
    if (box !== undefined) this.#map.fitBounds(box, { padding: 28 });
  }

  /** Light or dark. */
  paint(theme: Theme): void {
    for (const layer of mapStyle(theme).layers) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.#map.setPaintProperty(layer.id, name as never, value as never);
      }
    }
    this.#busy();
  }

  #addTiles(): void {
    for (const theme of Object.keys(PALETTES) as Theme[]) {
      for (const kind of LOOKS) {
        const image = { width: TILE, height: TILE, data: tile(kind, theme) };
        this.#map.addImage(`${theme}-${kind}`, image, { pixelRatio: 2 });
      }
    }
  }

  #listen(listeners: Listeners): void {
    const map = this.#map;
    map.on("idle", () => {
      this.container.dataset.state = "idle";
    });
    map.on("move", () => {
      this.#placeLabels();
      this.#placeMarks();
    });
    map.on("moveend", () => this.#drawGrid());
    map.on("resize", () => this.#drawGrid());
    map.on("mousemove", "cells", () => {
      map.getCanvas().style.cursor = "pointer";
    });
    map.on("mouseleave", "cells", () => {
      map.getCanvas().style.cursor = "";
    });
    map.on("click", (event) => {
      // The finest cell on top, as drawn.
      const found = map.queryRenderedFeatures(event.point, { layers: ["cells"] });
      const names = new Set(found.map((feature) => feature.properties.geohash));
      const hit = this.#cells.filter((cell) => names.has(cell.geohash));
      listeners.chosen(hit.sort((a, b) => b.geohash.length - a.geohash.length)[0]);
    });
    const canvas = map.getCanvas();
    // Arrow keys mean something else here than in a page: tell assistive technology to pass them on.
    canvas.setAttribute("role", "application");
    canvas.addEventListener("keydown", (event) => this.#key(event, listeners));
  }

  #key(event: KeyboardEvent, listeners: Listeners): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    if (direction !== undefined) listeners.moved(direction);
    else if (event.key === "+" || event.key === "=") this.#map.zoomIn();
    else if (event.key === "-") this.#map.zoomOut();
    else if (event.key === "Escape") listeners.chosen(undefined);
    else return;
    event.preventDefault();
  }

  #drawGrid(): void {
    const view = this.#map.getBounds();
    const [west, south, east, north] = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    const lines = gridLines([west, south, east, north]);
    const features = lines.map(({ axis, value }): GeoJSON.Feature => {
      const ends =
        axis === "lon"
          ? [
              [value, south - 1],
              [value, north + 1],
            ]
          : [
              [west - 1, value],
              [east + 1, value],
            ];
      return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: ends } };
    });
    this.#source("grid").setData({ type: "FeatureCollection", features });
    this.#busy();
    this.#labels.replaceChildren(
      ...lines.map(({ axis, value, words }) =>
        make("span", { "data-axis": axis, "data-value": `${value}` }, words),
      ),
    );
    this.#placeLabels();
  }

  #placeLabels(): void {
    const { lng, lat } = this.#map.getCenter();
    const { clientWidth: width, clientHeight: height } = this.container;
    for (const label of this.#labels.children) {
      if (!(label instanceof HTMLElement)) continue;
      const value = Number(label.dataset.value);
      const upright = label.dataset.axis === "lon";
      const { x, y } = this.#map.project(upright ? [value, lat] : [lng, value]);
      label.style.transform = upright
        ? `translate(calc(${x}px - 50%), 0)`
        : `translate(0, calc(${y}px - 50%))`;
      // Not over one another in the corner, nor under the scale.
      label.hidden = upright ? x < 64 || x > width - 32 : y < 32 || y > height - 84;
    }
  }

  #placeMarks(): void {
    this.#marks.place((position) => this.#map.project(position));
  }

  #busy(): void {
    this.container.dataset.state = "busy";
    this.#map.triggerRepaint();
  }

  #source(name: string): GeoJSONSource {
    const source = this.#map.getSource<GeoJSONSource>(name);
    if (source === undefined) throw new Error(`the map has no source "${name}"`);
    return source;
  }
}

function polygons(cells: readonly Cell[]): Polygons {
  return {
    type: "FeatureCollection",
    features: cells.map((cell) => ({
      type: "Feature",
      properties: { geohash: cell.geohash, look: look(cell), fineness: cell.geohash.length },
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [cell.west, cell.south],
            [cell.east, cell.south],
            [cell.east, cell.north],
            [cell.west, cell.north],
            [cell.west, cell.south],
          ],
        ],
      },
    })),
  };
}

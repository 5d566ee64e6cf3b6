// The style of the map: a ground, lines and cells; no sprites, glyphs or tiles from anywhere.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { PALETTES, type Theme } from "./looks";

/** The style in light or dark; both have the same layers and differ in paint alone. */
export function mapStyle(theme: Theme): StyleSpecification & { layers: LayerSpecification[] } {
  const colours = PALETTES[theme];
  return {
    version: 8,
    sources: { grid: empty(), cells: empty(), outline: empty(), chosen: empty() },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.ground } },
      { id: "grid", type: "line", source: "grid", paint: { "line-color": colours.grid, "line-width": 1 } },
      {
        id: "cells",
        type: "fill",
        source: "cells",
        // A coarse cell stands in for the fine ones that are not shown: those that are lie on top of it.
        layout: { "fill-sort-key": ["get", "fineness"] },
        paint: { "fill-pattern": ["concat", `${theme}-`, ["get", "look"]], "fill-antialias": false },
      },
      {
        id: "edges",
        type: "line",
        source: "cells",
        // Edges of cells that stand out are plain; those of the many others would be a net over everything.
        paint: {
          "line-color": ["match", ["get", "look"], ["none", "withheld"], colours.faint, colours.edge],
          "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.4, 14, 1],
        },
      },
      {
        id: "outline",
        type: "line",
        source: "outline",
        paint: { "line-color": colours.outline, "line-width": 1.5 },
      },
      { id: "halo", type: "line", source: "chosen", paint: { "line-color": colours.halo, "line-width": 7 } },
      {
        id: "chosen",
        type: "line",
        source: "chosen",
        paint: { "line-color": colours.chosen, "line-width": 3 },
      },
    ],
  };
}

function empty(): SourceSpecification {
  return { type: "geojson", data: { type: "FeatureCollection", features: [] } };
}

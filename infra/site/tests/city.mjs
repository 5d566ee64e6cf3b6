// An invented city beside a lake: publications of made-up counts, the same each time. Nothing in it is real.

const AS_OF = "2026-07-06";
const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
const MIDDLE = { lon: -92.1, lat: 46.79 };
const K = 5;
/** Where much is reported: offsets from the middle in degrees, weight, spread. */
const PLACES = [
  [-0.004, -0.006, 60, 0.004],
  [-0.035, -0.022, 22, 0.006],
  [0.03, 0.018, 18, 0.005],
  [-0.07, -0.03, 9, 0.01],
  [0.06, 0.03, 7, 0.012],
];

/** Geohash bits of a precision: longitude, latitude. */
function bits(/** @type {number} */ precision) {
  return { lon: Math.ceil((5 * precision) / 2), lat: Math.floor((5 * precision) / 2) };
}

/** Integer column and row of a place. */
function indices(/** @type {number} */ lon, /** @type {number} */ lat, /** @type {number} */ precision) {
  const { lon: x, lat: y } = bits(precision);
  return [Math.floor(((lon + 180) / 360) * 2 ** x), Math.floor(((lat + 90) / 180) * 2 ** y)];
}

/** The geohash of a column and a row. */
export function geohash(
  /** @type {number} */ column,
  /** @type {number} */ row,
  /** @type {number} */ precision,
) {
  const { lon, lat } = bits(precision);
  let name = "";
  let value = 0;
  for (let bit = 0, x = lon - 1, y = lat - 1; bit < 5 * precision; bit += 1) {
    value = value * 2 + (bit % 2 === 0 ? Math.floor(column / 2 ** x--) % 2 : Math.floor(row / 2 ** y--) % 2);
    if (bit % 5 === 4) {
      name += ALPHABET[value];
      value = 0;
    }
  }
  return name;
}

/** West, south, east, north with seven decimals. */
function corners(/** @type {number} */ column, /** @type {number} */ row, /** @type {number} */ precision) {
  const { lon, lat } = bits(precision);
  const x = (/** @type {number} */ n) => Number(((n * 360) / 2 ** lon - 180).toFixed(7));
  const y = (/** @type {number} */ n) => Number(((n * 180) / 2 ** lat - 90).toFixed(7));
  return /** @type {const} */ ([x(column), y(row), x(column + 1), y(row + 1)]);
}

/** Numbers in [0, 1) that look random and are the same each time (mulberry32). */
function lot(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The shore of the invented city: a slanted oval. */
function inside(/** @type {number} */ lon, /** @type {number} */ lat) {
  const [x, y] = [lon - MIDDLE.lon, lat - MIDDLE.lat];
  const [along, across] = [x * 0.88 + y * 0.6, y * 0.95 - x * 0.33];
  return (along / 0.11) ** 2 + (across / 0.038) ** 2 <= 1;
}

/** Counts of the cells of a precision, by geohash, for a weight of everything. */
function counts(/** @type {number} */ precision, /** @type {number} */ weight, /** @type {number} */ seed) {
  const draw = lot(seed);
  const [west, south] = indices(MIDDLE.lon - 0.2, MIDDLE.lat - 0.12, precision);
  const [east, north] = indices(MIDDLE.lon + 0.2, MIDDLE.lat + 0.12, precision);
  const cells = [];
  for (let row = Number(south); row <= Number(north); row += 1) {
    for (let column = Number(west); column <= Number(east); column += 1) {
      const box = corners(column, row, precision);
      const [lon, lat] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
      if (!inside(lon, lat)) continue;
      let rate = 0.9;
      for (const [x, y, height, spread] of PLACES) {
        const near =
          ((lon - MIDDLE.lon - Number(x)) ** 2 + (lat - MIDDLE.lat - Number(y)) ** 2) / Number(spread) ** 2;
        rate += Number(height) * Math.exp(-near / 2);
      }
      const count = Math.floor(rate * weight * 3 * draw() ** 1.5);
      if (count > 0)
        cells.push({ column, row, precision, count, name: geohash(column, row, precision), box });
    }
  }
  return cells;
}

function band(/** @type {number} */ count) {
  if (count < K) return `<${K}`;
  const steps = [K, 10, 20, 50, 100, 200, 500, 1000];
  const low = steps.findLast((step) => step <= count);
  const high = steps.find((step) => step > count);
  return high === undefined ? `${low}+` : `${low}-${high - 1}`;
}

/** Features of a map: labels by share of the ranking, which is enough to look right. */
function features(
  /** @type {ReturnType<typeof counts>} */ cells,
  /** @type {string} */ category,
  /** @type {number} */ windowDays,
) {
  const place = new Map(
    [6, 7].flatMap((precision) => {
      const ranked = cells.filter((cell) => cell.count >= K && cell.precision === precision);
      ranked.sort((a, b) => b.count - a.count);
      return ranked.map((cell, index) => [cell.name, (index + 1) / ranked.length]);
    }),
  );
  const named = cells.map((cell) => {
    const share = place.get(cell.name);
    const level = [
      [0.03, 99],
      [0.06, 95],
      [0.09, 90],
    ].find(([part]) => share !== undefined && share <= Number(part));
    const cold = share !== undefined && share > 0.985;
    const ranks = [
      [0.01, "top 1 %"],
      [0.05, "top 5 %"],
      [0.1, "top 10 %"],
      [0.25, "top 25 %"],
    ];
    const rank = ranks.find(([part]) => share !== undefined && share <= Number(part));
    const [west, south, east, north] = cell.box;
    return {
      type: "Feature",
      id: cell.name,
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
          ],
        ],
      },
      properties: {
        geohash: cell.name,
        category,
        window_days: windowDays,
        count_band: band(cell.count),
        class: share === undefined ? null : level ? "hot" : cold ? "cold" : "none",
        confidence: level ? level[1] : cold ? 95 : null,
        trend:
          category === "all" && share !== undefined
            ? share < 0.02
              ? "intensifying"
              : level
                ? "sporadic"
                : "none"
            : null,
        rank_band: rank ? rank[1] : null,
        as_of: AS_OF,
      },
    };
  });
  return named.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Fine cells where they can be told, the coarse ones around them where not. */
function mixed(/** @type {number} */ weight, /** @type {number} */ seed) {
  const fine = counts(7, weight, seed);
  /** @type {Map<string, typeof fine>} */
  const families = new Map();
  for (const cell of fine) {
    const parent = cell.name.slice(0, 6);
    families.set(parent, [...(families.get(parent) ?? []), cell]);
  }
  return [...families].flatMap(([name, children]) => {
    const visible = children.filter(({ count }) => count >= K);
    if (visible.length === children.length) return visible;
    const { lon, lat } = bits(6);
    const [first] = children;
    if (first === undefined) return [];
    const column = Math.floor(first.column / 2 ** (bits(7).lon - lon));
    const row = Math.floor(first.row / 2 ** (bits(7).lat - lat));
    const count = children.reduce((sum, child) => sum + child.count, 0);
    return [...visible, { column, row, precision: 6, count, name, box: corners(column, row, 6) }];
  });
}

/** Files of a publication by path inside the bucket. */
export function publication() {
  const maps = [
    { category: "all", windowDays: 365, precision: 7, cells: mixed(0.8, 7) },
    { category: "all", windowDays: 730, precision: 7, cells: mixed(1.6, 8) },
    { category: "burglary", windowDays: 365, precision: 6, cells: counts(6, 2.5, 11) },
    { category: "theft_from_vehicle", windowDays: 365, precision: 6, cells: counts(6, 4, 13) },
    { category: "violent", windowDays: 365, precision: 6, cells: counts(6, 1.5, 17) },
  ];
  /** @type {Record<string, string>} */
  const files = {};
  const entries = maps.map(({ category, windowDays, precision, cells }) => {
    const folder = category === "all" ? "hotspots" : `hotspots/${category}`;
    const suffix = windowDays === 365 ? "" : `-${windowDays}`;
    const list = features(cells, category, windowDays);
    const text = `${JSON.stringify({ type: "FeatureCollection", features: list })}\n`;
    const path = `${folder}/latest${suffix}.geojson`;
    files[path] = text;
    files[`${folder}/${AS_OF}${suffix}.geojson`] = text;
    files[`${folder}/latest${suffix}.csv`] = "geohash,count_band\n";
    return {
      category,
      window_days: windowDays,
      precision,
      path,
      csv: `${folder}/latest${suffix}.csv`,
      snapshot: `${folder}/${AS_OF}${suffix}.geojson`,
      features: list.length,
      bytes: text.length,
      sha256: "0".repeat(64),
    };
  });
  files["hotspots/manifest.json"] = JSON.stringify(manifest(entries));
  files["data.json"] = '{"dataset":[]}\n';
  return files;
}

/** A manifest over these entries. */
export function manifest(/** @type {unknown[]} */ entries) {
  return {
    as_of: AS_OF,
    agency: "Example City Police Department",
    disclaimer:
      "Counts of reported incidents by area, banded for privacy. They describe where reports came from in the past; they do not say that a place or anybody living there is dangerous.",
    license: "https://creativecommons.org/publicdomain/zero/1.0/",
    files: entries,
    withdrawn: ["2026-06-01"],
  };
}

/** The outline of the invented city: the same slanted oval, as a ring of positions. */
function outline() {
  const ring = Array.from({ length: 73 }, (_, step) => {
    const [along, across] = [0.11 * Math.cos((step * Math.PI) / 36), 0.038 * Math.sin((step * Math.PI) / 36)];
    const x = (0.95 * along - 0.6 * across) / (0.88 * 0.95 + 0.6 * 0.33);
    const y = (across + 0.33 * x) / 0.95;
    return [MIDDLE.lon + x, MIDDLE.lat + y].map((value) => Number(value.toFixed(7)));
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** Publications that go wrong in one way each, by the folder they are served under. */
export function scenarios() {
  const full = publication();
  const document = JSON.parse(full["hotspots/manifest.json"] ?? "");
  const empty = '{"type":"FeatureCollection","features":[\n]}\n';
  const all = document.files.filter(
    (/** @type {{path: string}} */ file) => file.path === "hotspots/latest.geojson",
  );
  const with_ = (/** @type {unknown} */ changed) => ({ "hotspots/manifest.json": JSON.stringify(changed) });
  /** @type {Record<string, Record<string, string>>} */
  const served = {
    full,
    told: {
      ...full,
      ...with_({
        ...document,
        title: "Reports by area",
        delay_days: 7,
        excluded: ["sex_offence", "family_offence"],
        outline: "hotspots/outline.geojson",
      }),
      "hotspots/outline.geojson": JSON.stringify(outline()),
    },
    absent: {},
    none: with_(manifest([])),
    lost: with_(manifest(all)),
    empty: { ...with_(manifest([{ ...all[0], features: 0 }])), "hotspots/latest.geojson": empty },
    broken: {
      ...with_(manifest(all)),
      "hotspots/latest.geojson": '{"type":"FeatureCollection","features":[{}]}',
    },
    hostile: {
      ...with_({ ...manifest(all), agency: "<img src=x onerror=alert(1)>", license: "javascript:alert(1)" }),
      "hotspots/latest.geojson": (full["hotspots/latest.geojson"] ?? "").replaceAll(
        '"count_band":"<5"',
        '"count_band":"<b>5</b>"',
      ),
    },
  };
  return served;
}

// Links to what is published, for those who want the data itself.
import { make, part } from "./dom";
import type { Manifest, MapFile } from "./manifest";
import { categoryWords, dateWords, sizeWords, windowWords } from "./words";

/** Links for one map, and what holds for the whole publication. */
export function showDownloads(manifest: Manifest, file: MapFile): void {
  const size = file.bytes === undefined ? "" : `, ${sizeWords(file.bytes)}`;
  const links = [make("li", {}, link(file.path, "GeoJSON"), ` (for maps and code${size})`)];
  if (file.csv !== undefined)
    links.push(make("li", {}, link(file.csv, "CSV"), " (for spreadsheets and portals)"));
  if (file.snapshot !== undefined) {
    const words = `GeoJSON of the edition of ${dateWords(manifest.asOf)}`;
    links.push(make("li", {}, link(file.snapshot, words), " (the address stays)"));
  }
  links.push(make("li", {}, link("data.json", "Catalogue"), " (DCAT-US, all maps)"));
  part("downloads", HTMLElement).replaceChildren(...links);
  part("downloads-of", HTMLElement).textContent =
    `${categoryWords(file.category)}, ${windowWords(file.windowDays)}`;
  const withdrawn = part("withdrawn", HTMLElement);
  withdrawn.hidden = manifest.withdrawn.length === 0;
  withdrawn.textContent = `Withdrawn editions: ${manifest.withdrawn.map(dateWords).join("; ")}.`;
}

/** Terms of use as a link where they are an address, else as text. */
export function showLicense(license: string | undefined): void {
  const place = part("license", HTMLElement);
  place.hidden = license === undefined;
  if (license === undefined) return;
  const isAddress = /^https:\/\/[^\s]+$/.test(license);
  const words = isAddress ? make("a", { href: license, rel: "license noreferrer" }, license) : license;
  place.replaceChildren("Terms of use: ", words);
}

function link(path: string, words: string): HTMLAnchorElement {
  return make("a", { href: path, download: path.replaceAll("/", "-") }, words);
}

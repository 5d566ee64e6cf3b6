// Where a score stands among those of the same night: how many officers in each band, nobody named. The band in which this
// officer stands is marked by its edge and in words, not by colour alone.
import type { Band, PeerDistribution } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { figures } from "./figures";

const WIDTH = 640;
const HEIGHT = 136;
const LEFT = 8;
const BASE = 100;

interface DistributionProps {
  peers: readonly PeerDistribution[];
  s: number;
}

export function Distributions({ peers, s }: DistributionProps) {
  return (
    <>
      {peers.map((group) => (
        <Distribution key={group.group} group={group} s={s} />
      ))}
    </>
  );
}

function Distribution({ group, s }: { group: PeerDistribution; s: number }) {
  const { t, language } = useDesk();
  const { plain } = figures(language);
  const { bands } = group;
  const most = Math.max(1, ...bands.map((band) => band.officers));
  const step = (WIDTH - 2 * LEFT) / Math.max(1, bands.length);
  const own = bandOf(bands, s);
  const name = group.group === "department" ? t("officers.department") : group.group;
  const above = bands.slice(own + 1).reduce((sum, band) => sum + band.officers, 0);
  const told = t("officers.distribution_told", { officers: group.officers, group: name, above });
  return (
    <figure>
      <figcaption>{t("officers.distribution_caption", { group: name, officers: group.officers })}</figcaption>
      <svg class="distribution" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
        {bands.map((band, index) => {
          const height = (band.officers / most) * (BASE - 22);
          const x = LEFT + index * step;
          return (
            <g key={band.from} class={index === own ? "band own" : "band"}>
              <rect x={x + 1} y={BASE - height} width={Math.max(step - 2, 1)} height={height} />
              {band.officers > 0 && (
                <text x={x + step / 2} y={BASE - height - 5} text-anchor="middle">
                  {band.officers}
                </text>
              )}
              <text class="edge" x={x} y={BASE + 14} text-anchor="middle">
                {plain(band.from, band.from % 1 === 0 ? 0 : 2)}
              </text>
            </g>
          );
        })}
        <line class="axis" x1={LEFT} x2={WIDTH - LEFT} y1={BASE} y2={BASE} />
        <text class="own-mark" x={LEFT + (own + 0.5) * step} y={BASE + 30} text-anchor="middle">
          ▲ {plain(s)}
        </text>
      </svg>
      <p class="small">{told}</p>
    </figure>
  );
}

/** The band that holds a score; the last one is open to above. */
export function bandOf(bands: readonly Band[], s: number): number {
  const found = bands.findIndex((band) => s >= band.from && (band.to === undefined || s < band.to));
  return found < 0 ? (s < (bands[0]?.from ?? 0) ? 0 : bands.length - 1) : found;
}

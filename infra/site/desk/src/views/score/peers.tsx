// How each rate stands against that of peers with the same exposure: a point and the interval that the figures allow, on a scale
// of doublings. An interval that crosses the line says that chance may explain all of it, and the picture shows that first.
import type { Term } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { figures } from "./figures";
import { shortName } from "./indicator";
import { doublings } from "./sum";

const WIDTH = 540;
const LEFT = 190;
const RIGHT = 24;
const ROW = 22;
const MARKS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

export function PeersChart({ terms }: { terms: readonly Term[] }) {
  const desk = useDesk();
  const { t, language } = desk;
  const { plain } = figures(language);
  const bottom = 8 + terms.length * ROW;
  const x = (ratio: number) => LEFT + ((doublings(ratio) + 1) / 2) * (WIDTH - LEFT - RIGHT);
  return (
    <svg
      class="peers-chart"
      viewBox={`0 0 ${WIDTH} ${bottom + 22}`}
      role="img"
      aria-label={t("officers.peers_name")}
    >
      {MARKS.map((mark) => (
        <g key={mark} class={mark === 1 ? "tick base" : "tick"}>
          <line x1={x(mark)} x2={x(mark)} y1={8} y2={bottom} />
          <text x={x(mark)} y={bottom + 15} text-anchor="middle">
            {mark < 1 ? `1/${1 / mark}` : plain(mark, 0)}
          </text>
        </g>
      ))}
      {terms.map((term, index) => {
        const y = 8 + index * ROW + ROW / 2;
        return (
          <g key={term.indicator} class={term.lo > 1 ? "range apart" : "range"}>
            <text x={LEFT - 10} y={y + 4} text-anchor="end">
              {shortName(term, desk)}
            </text>
            <line x1={x(term.lo)} x2={x(term.hi)} y1={y} y2={y} />
            <circle cx={x(term.r_peer)} cy={y} r={4} />
          </g>
        );
      })}
    </svg>
  );
}

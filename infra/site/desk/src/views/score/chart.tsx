// The sum behind a score, drawn: from the department's rate to the score, one bar for what each indicator adds or takes away.
// The picture says nothing that the table beside it does not, so it is one image with a name to those who hear the page.
import type { Explanation } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { figures } from "./figures";
import { shortName } from "./indicator";
import { type Part, type Sum, ticks } from "./sum";

const WIDTH = 540;
const LEFT = 190;
const RIGHT = 52;
const ROW = 22;
const TOP = 8;

export function SumChart({ sum, score }: { sum: Sum; score: Explanation }) {
  const { t, language } = useDesk();
  const { plain } = figures(language);
  const rows = sum.parts.length + 2;
  const bottom = TOP + rows * ROW;
  const x = (value: number) =>
    LEFT + ((value - sum.low) / Math.max(sum.high - sum.low, 0.1)) * (WIDTH - LEFT - RIGHT);
  const name = t("officers.chart_name", { score: plain(score.s), count: sum.parts.length });
  return (
    <svg class="sum-chart" viewBox={`0 0 ${WIDTH} ${bottom + 22}`} role="img" aria-label={name}>
      {ticks(sum.low, sum.high).map((tick) => (
        <g key={tick} class="tick">
          <line x1={x(tick)} x2={x(tick)} y1={TOP} y2={bottom} />
          <text x={x(tick)} y={bottom + 15} text-anchor="middle">
            {plain(tick, tick % 1 === 0 ? 0 : 2)}
          </text>
        </g>
      ))}
      <line class="base" x1={x(1)} x2={x(1)} y1={TOP} y2={bottom} />
      <Ends y={TOP} label={t("officers.chart_base")} at={x(1)} figure={plain(1)} />
      {sum.parts.map((part, index) => (
        <Bar key={part.indicator} part={part} y={TOP + (index + 1) * ROW} x={x} />
      ))}
      <Ends y={bottom - ROW} label={t("officers.score")} at={x(score.s)} figure={plain(score.s)} strong />
    </svg>
  );
}

function Ends(props: { y: number; label: string; at: number; figure: string; strong?: boolean }) {
  const { y, label, at, figure, strong = false } = props;
  return (
    <g class={strong ? "end strong" : "end"}>
      <text x={LEFT - 10} y={y + 15} text-anchor="end">
        {label}
      </text>
      <circle cx={at} cy={y + ROW / 2} r={strong ? 5 : 4} />
      <text x={at + 9} y={y + 15}>
        {figure}
      </text>
    </g>
  );
}

function Bar({ part, y, x }: { part: Part; y: number; x: (value: number) => number }) {
  const desk = useDesk();
  const [from, to] = [x(part.from), x(part.to)];
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  return (
    <g class={part.c < 0 ? "bar takes" : "bar adds"}>
      <text x={LEFT - 10} y={y + 15} text-anchor="end">
        {shortName(part, desk)}
      </text>
      <rect x={left} y={y + 4} width={Math.max(right - left, 1.5)} height={ROW - 8} />
      <line class="link" x1={to} x2={to} y1={y + 4} y2={y + ROW + 4} />
      <text x={right + 6} y={y + 15}>
        {figures(desk.language).signed(part.c)}
      </text>
    </g>
  );
}

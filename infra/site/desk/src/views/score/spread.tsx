// How the scores of the same night lie among peers and in the department: where nine tenths, half and the middle are, nobody named,
// and where this score stands. Groups of few have none, since a figure of few is a figure about somebody.
import type { Spread } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { figures } from "./figures";
import { ticks } from "./sum";

const WIDTH = 540;
const LEFT = 190;
const RIGHT = 52;
const ROW = 30;

export function SpreadChart({ spread, s }: { spread: readonly Spread[]; s: number }) {
  const { t, language } = useDesk();
  const { plain } = figures(language);
  if (spread.length === 0) return null;
  const low = Math.min(s, ...spread.map((group) => group.p10));
  const high = Math.max(s, ...spread.map((group) => group.p90));
  const bottom = 8 + spread.length * ROW;
  const x = (value: number) => LEFT + ((value - low) / Math.max(high - low, 0.1)) * (WIDTH - LEFT - RIGHT);
  const words = spread.map((group) => sentence(group, t, plain));
  return (
    <figure>
      <figcaption>{t("officers.spread_caption")}</figcaption>
      <svg
        class="spread"
        viewBox={`0 0 ${WIDTH} ${bottom + 22}`}
        role="img"
        aria-label={`${t("officers.spread_own", { score: plain(s) })} ${words.join(" ")}`}
      >
        {ticks(low, high).map((tick) => (
          <g key={tick} class="tick">
            <line x1={x(tick)} x2={x(tick)} y1={8} y2={bottom} />
            <text x={x(tick)} y={bottom + 15} text-anchor="middle">
              {plain(tick, tick % 1 === 0 ? 0 : 2)}
            </text>
          </g>
        ))}
        {spread.map((group, index) => (
          <Row key={group.group} group={group} y={8 + index * ROW} x={x} />
        ))}
        <line class="own" x1={x(s)} x2={x(s)} y1={4} y2={bottom} />
        <text class="own-mark" x={x(s) + 5} y={18}>
          {plain(s)}
        </text>
      </svg>
      <ul class="small">
        {words.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </figure>
  );
}

function Row({ group, y, x }: { group: Spread; y: number; x: (value: number) => number }) {
  const { t } = useDesk();
  const name = group.group === "department" ? t("officers.department") : group.group;
  return (
    <g class="group">
      <text x={LEFT - 10} y={y + 19} text-anchor="end">
        {name}
      </text>
      <line x1={x(group.p10)} x2={x(group.p90)} y1={y + ROW / 2} y2={y + ROW / 2} />
      <rect x={x(group.p25)} width={Math.max(x(group.p75) - x(group.p25), 1)} y={y + 8} height={ROW - 16} />
      <line class="middle" x1={x(group.p50)} x2={x(group.p50)} y1={y + 6} y2={y + ROW - 6} />
    </g>
  );
}

type Words = ReturnType<typeof useDesk>["t"];

function sentence(group: Spread, t: Words, plain: (value: number) => string): string {
  return t("officers.spread_told", {
    group: group.group === "department" ? t("officers.department") : group.group,
    officers: group.officers,
    p25: plain(group.p25),
    p75: plain(group.p75),
    p50: plain(group.p50),
    p90: plain(group.p90),
  });
}

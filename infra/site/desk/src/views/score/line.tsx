// A score in one line, as the sum that it is: `2.53 = 1 + 0.82 complaints + 0.50 uses of force + 0.21 others`.
import { Fragment } from "preact";
import { useDesk } from "../../shell/desk";
import { figures } from "./figures";
import { line } from "./sum";

interface SumLineProps {
  contributions: readonly { readonly indicator: string; readonly c: number }[];
  s: number;
}

export function SumLine({ contributions, s }: SumLineProps) {
  const { t, word, language } = useDesk();
  const { plain } = figures(language);
  const { score, pieces, rest } = line(contributions, s);
  const amount = (hundredths: number) => `${hundredths < 0 ? "−" : "+"} ${plain(Math.abs(hundredths) / 100)}`;
  return (
    <p class="sum-line">
      <strong>{plain(score / 100)}</strong> = 1
      {pieces.map((piece) => (
        <Fragment key={piece.indicator}>
          {" "}
          <span>
            {amount(piece.hundredths)} {word("officers", piece.indicator, "indicator_")}
          </span>
        </Fragment>
      ))}
      {rest !== 0 && (
        <>
          {" "}
          <span>
            {amount(rest)} {t("officers.others")}
          </span>
        </>
      )}
    </p>
  );
}

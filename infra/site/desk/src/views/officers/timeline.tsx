// The record as a line of time; good things stand in it as events do.
import { useState } from "preact/hooks";
import type { OfficerView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Checkbox } from "../../ui/fields";
import { Empty } from "../../ui/page";
import { byYear, type Moment, moments, type What } from "./moments";

export function Timeline({ view }: { view: OfficerView }) {
  const { t, word } = useDesk();
  const all = moments(view);
  const kinds = [...new Set(all.map((moment) => moment.what))];
  const [hidden, setHidden] = useState<readonly What[]>([]);
  const toggle = (kind: What, shown: boolean) =>
    setHidden(shown ? hidden.filter((one) => one !== kind) : [...hidden, kind]);
  if (all.length === 0) return <Empty>{t("officers.no_events")}</Empty>;
  return (
    <>
      <fieldset class="kinds no-print">
        <legend>{t("officers.show")}</legend>
        {kinds.map((kind) => (
          <Checkbox
            key={kind}
            label={word("officers", kind, "what_")}
            checked={!hidden.includes(kind)}
            onChecked={(shown) => toggle(kind, shown)}
          />
        ))}
      </fieldset>
      {byYear(all.filter((moment) => !hidden.includes(moment.what))).map(([year, found]) => (
        <div class="year" key={year}>
          <h3>{year}</h3>
          <ol class="timeline">
            {found.map((moment) => (
              <Item key={`${moment.on} ${moment.what} ${moment.word} ${moment.more}`} moment={moment} />
            ))}
          </ol>
        </div>
      ))}
    </>
  );
}

function Item({ moment }: { moment: Moment }) {
  const { dates, word } = useDesk();
  return (
    <li class={moment.voided ? `is-${moment.what} is-voided` : `is-${moment.what}`}>
      <time dateTime={moment.on}>{dates.day(moment.on)}</time>
      <span class="what">{word("officers", moment.what, "what_")}</span>
      <span>
        <Words moment={moment} />
      </span>
    </li>
  );
}

function Words({ moment }: { moment: Moment }) {
  const { t, word } = useDesk();
  switch (moment.what) {
    case "event":
      return (
        <>
          {word("officers", moment.word, "indicator_one_")}:{" "}
          {moment.voided ? t("officers.voided") : word("officers", moment.more, "finding_")}
        </>
      );
    case "posting":
      return <>{moment.more === "leave" ? t("officers.on_leave") : moment.word}</>;
    case "case":
      return (
        <>
          {moment.more} ({word("officers", moment.word, "state_")})
        </>
      );
    case "commendation":
      return <>{word("officers", moment.word, "praise_")}</>;
    default:
      return <>{moment.word}</>;
  }
}

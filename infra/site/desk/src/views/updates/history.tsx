// Everything that was sent or withheld about a call or case, in plain words.
import type { Person, RecordOf } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Empty, Section } from "../../ui/page";
import { type Entry, entries, type Happening } from "./entries";
import { kindWords, languageWords, personWords, StateChip, wayWords } from "./words";

export function History({ record }: { record: RecordOf }) {
  const { t } = useDesk();
  const all = entries(record);
  return (
    <Section title={t("updates.history")}>
      {all.length === 0 ? (
        <Empty>{t("updates.history_none")}</Empty>
      ) : (
        <ol class="history">
          {all.map((entry) => (
            <EntryOf key={entry.key} entry={entry} people={record.people ?? []} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function EntryOf({ entry, people }: { entry: Entry; people: readonly Person[] }) {
  const desk = useDesk();
  const { t, dates } = desk;
  const { kind, person, channel, state, message } = entry;
  const roles = people.find((one) => one.id === person)?.roles;
  return (
    <li class={`entry entry-${state}`}>
      <p class="entry-when">
        <time dateTime={entry.at}>{dates.moment(entry.at)}</time>
      </p>
      <div class="entry-what">
        <h3>
          {kindWords(desk, kind)} <StateChip state={state} />
        </h3>
        <p class="quiet">
          {t("updates.to_by", { person: personWords(desk, person, roles), way: wayWords(desk, channel) })}
          {message !== undefined && ` ${message.address}`}
          {message?.language !== undefined && ` · ${languageWords(desk, message.language)}`}
        </p>
        <Why entry={entry} />
        {message?.failure !== undefined && (
          <p class="why">{desk.word("updates", message.failure, "failure_")}</p>
        )}
        {message?.text !== undefined && (
          <blockquote class="said" lang={message.language}>
            {message.text}
          </blockquote>
        )}
        <details class="course">
          <summary>{desk.n("updates.steps", entry.course.length)}</summary>
          <ol>
            {entry.course.map((happening) => (
              <li key={`${happening.at} ${happening.state}`}>
                <Course happening={happening} />
              </li>
            ))}
          </ol>
        </details>
      </div>
    </li>
  );
}

/** Why it was withheld, or what its state means for whoever has to act. */
function Why({ entry: { state, reason, until } }: { entry: Entry }) {
  const { t, word, dates } = useDesk();
  if (reason !== undefined) return <p class="why">{word("reasons", reason)}</p>;
  if (state === "deferred") {
    return (
      <p class="why">
        {until === undefined ? t("updates.held") : t("updates.waits_until", { until: dates.moment(until) })}
      </p>
    );
  }
  if (state === "unknown" || state === "expired" || state === "superseded") {
    return <p class="why">{t(`updates.means_${state}`)}</p>;
  }
  return null;
}

function Course({ happening: { at, state, reason, until, rule } }: { happening: Happening }) {
  const { word, dates, t } = useDesk();
  return (
    <>
      <time dateTime={at} class="number">
        {dates.moment(at)}
      </time>{" "}
      {word("updates", state, "state_")}
      {reason !== undefined && ` · ${word("reasons", `${reason}_short`)}`}
      {until !== undefined && ` · ${t("updates.until", { until: dates.moment(until) })}`}
      {rule !== undefined && reason !== undefined && <span class="quiet"> ({rule})</span>}
    </>
  );
}

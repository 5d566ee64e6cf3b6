// The message as the person will see it, worked out by the API a moment after the writing stops.
import { useEffect, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../../api/errors";
import type { Preview, Way } from "../../api/updates";
import { type Desk, useDesk } from "../../shell/desk";
import { Chip } from "../../ui/page";
import type { Form } from "../../ui/submission";
import { Trouble } from "../../ui/trouble";
import { Choices } from "./choices";
import type { Writing } from "./composer";
import { languageWords, wayWords } from "./words";

/** How long the writing has to stop, in milliseconds. */
const PAUSE = 500;

export interface Previewing {
  readonly preview?: Preview;
  readonly error?: ApiError;
  readonly isBusy: boolean;
}

/** Asks for the preview of a body; none while it is empty. */
export function usePreview(path: string, body: Record<string, unknown> | undefined): Previewing {
  const { api } = useDesk();
  const [state, setState] = useState<Previewing>({ isBusy: false });
  const wanted = body && body.person !== "" && body.text !== "" ? JSON.stringify(body) : "";
  useEffect(() => {
    if (wanted === "") {
      setState({ isBusy: false });
      return;
    }
    const stop = new AbortController();
    setState((before) => ({ ...before, isBusy: true }));
    const timer = setTimeout(() => {
      const asked = { ...JSON.parse(wanted), preview: true };
      api.post<Preview>(path, asked, { signal: stop.signal }).then(
        (preview) => setState({ preview, isBusy: false }),
        (thrown: unknown) => stop.signal.aborted || setState({ error: asApiError(thrown), isBusy: false }),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, path, wanted]);
  return state;
}

interface PreviewOfProps {
  preview: Previewing;
  form: Form<Writing>;
  number: string | undefined;
}

export function PreviewOf({ preview: { preview, error, isBusy }, form, number }: PreviewOfProps) {
  const { t } = useDesk();
  return (
    <section class="preview" aria-label={t("updates.preview")} aria-busy={isBusy}>
      <h3>{t("updates.preview")}</h3>
      {error ? (
        <Trouble error={error} />
      ) : preview ? (
        <>
          <Verdict preview={preview} />
          {preview.ways.map((way) => (
            <WayOf key={way.channel} way={way} />
          ))}
          <Choices choices={preview.choices ?? []} form={form} number={number} />
        </>
      ) : (
        <p class="quiet">{t(isBusy ? "common.loading" : "updates.preview_none")}</p>
      )}
    </section>
  );
}

function Verdict({ preview: { would, reason, until, waits_until, ways } }: { preview: Preview }) {
  const { t, word, dates } = useDesk();
  const end = waits_until ?? until;
  const why = reason ?? ways.find((way) => way.reason !== undefined)?.reason;
  return (
    <div role="status">
      <p>
        {would === "send" && <Chip tone="good">{t("updates.would_send")}</Chip>}
        {would === "defer" && (
          <Chip tone="waiting">{t("updates.would_wait", { until: end ? dates.moment(end) : "…" })}</Chip>
        )}
        {would === "withhold" && <Chip tone="withheld">{t("updates.would_withhold")}</Chip>}
      </p>
      {would !== "send" && why !== undefined && <p class="why">{word("reasons", why)}</p>}
    </div>
  );
}

function WayOf({ way }: { way: Way }) {
  const desk = useDesk();
  return (
    <div class="way">
      <p class="quiet">
        {wayWords(desk, way.channel)}
        {way.language !== undefined && ` · ${languageWords(desk, way.language)}`}
        {way.would === "withhold" &&
          way.reason !== undefined &&
          ` · ${desk.word("reasons", `${way.reason}_short`)}`}
      </p>
      {way.subject !== undefined && (
        <p>
          <strong lang={way.language}>{way.subject}</strong>
        </p>
      )}
      {way.text !== undefined && (
        <blockquote class={`bubble bubble-${way.channel}`} lang={way.language}>
          {way.text}
        </blockquote>
      )}
      {way.segments !== undefined && <Size way={way} />}
    </div>
  );
}

function Size({ way }: { way: Way }) {
  const desk = useDesk();
  const { segments = 0, segments_allowed: allowed } = way;
  const isTooLong = allowed !== undefined && segments > allowed;
  return (
    <p class={isTooLong ? "size fault" : "size quiet"}>
      {sizeWords(desk, way)}
      {isTooLong && ` ${desk.n("updates.too_long", allowed)}`}
    </p>
  );
}

/** `1 part · 78 of 160 characters`; where letters need the larger alphabet, of 70. */
export function sizeWords(
  desk: Pick<Desk, "n" | "t">,
  way: Pick<Way, "segments" | "septets" | "units">,
): string {
  const { segments = 0, septets, units } = way;
  const used = septets ?? units;
  const parts = desk.n("updates.parts", segments);
  if (used === undefined) return parts;
  const most = roomOf(segments, septets !== undefined);
  const room = `${parts} · ${desk.t("updates.characters", { used, most })}`;
  return septets === undefined ? `${room} · ${desk.t("updates.wide_letters")}` : room;
}

/** What so many parts hold: a text of several gives some of each to their order. */
export function roomOf(segments: number, isSevenBit: boolean): number {
  if (segments <= 1) return isSevenBit ? 160 : 70;
  return segments * (isSevenBit ? 153 : 67);
}

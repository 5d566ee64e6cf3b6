// One call: whom it concerns, what they were told and what not, and a message of one's own.
import { useState } from "preact/hooks";
import { at } from "../../api/client";
import type { RecordOf } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Page } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { Composer } from "./composer";
import { History } from "./history";
import { People } from "./people";

export default function Incident({ params }: ViewProps) {
  const { id = "" } = params;
  const { api, t, may } = useDesk();
  const [isWriting, setWriting] = useState(false);
  const path = at("incidents", id, "updates");
  const record = useResource(path, (signal) => api.get<RecordOf>(path, {}, signal));
  const isMissing = record.error?.trouble === "missing";
  const people = record.value?.people ?? [];
  return (
    <Page
      title={
        <>
          {t("updates.incident")} <span class="number">{id}</span>
        </>
      }
      tab={t("updates.incident")}
      actions={
        <>
          {may("POST /v1/incidents/{id}/messages") && people.length > 0 && (
            <button
              type="button"
              class="primary"
              aria-expanded={isWriting}
              onClick={() => setWriting(!isWriting)}
            >
              {t("updates.write")}
            </button>
          )}
          <button type="button" onClick={record.reload}>
            {t("updates.reload")}
          </button>
          <button type="button" onClick={() => print()}>
            {t("updates.print")}
          </button>
        </>
      }
    >
      {isWriting && <Composer of="incidents" id={id} people={people} onStored={record.reload} />}
      <Loaded of={record}>
        {(value) => (
          <>
            <People people={value.people ?? []} />
            <History record={value} />
          </>
        )}
      </Loaded>
      {isMissing && may("GET /v1/cases/{number}/updates") && (
        <p>
          <a href={href("cases", id)}>{t("updates.try_case", { number: id })}</a>
        </p>
      )}
    </Page>
  );
}

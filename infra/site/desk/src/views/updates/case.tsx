// One case: what its victims were told and what not; a message, a victim who did not call, held news let go.
import { useEffect, useState } from "preact/hooks";
import { at } from "../../api/client";
import type { RecordOf } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Page } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { AddPerson } from "./add-person";
import { Composer } from "./composer";
import { distinct } from "./entries";
import { History } from "./history";
import { People } from "./people";
import { Release } from "./release";

type Doing = "write" | "add" | "release" | undefined;

export default function Case({ params, query }: ViewProps) {
  const { number = "" } = params;
  const { api, t } = useDesk();
  const add = query.get("add");
  const [doing, setDoing] = useState<Doing>(undefined);
  useEffect(() => {
    if (add !== null) setDoing("add");
  }, [add]);
  const path = at("cases", number, "updates");
  const record = useResource(path, (signal) => api.get<RecordOf>(path, {}, signal));
  const { value, reload } = record;
  const people = distinct(value?.people ?? []);
  return (
    <Page
      title={
        <>
          {t("updates.case")} <span class="number">{number}</span>
        </>
      }
      tab={t("updates.case")}
      actions={
        value && <Actions doing={doing} choose={setDoing} hasPeople={people.length > 0} reload={reload} />
      }
    >
      {value && doing === "write" && <Composer of="cases" id={number} people={people} onStored={reload} />}
      {value && doing === "add" && (
        <AddPerson key={add ?? ""} number={number} people={people} person={add ?? ""} onStored={reload} />
      )}
      {value && doing === "release" && (
        <Release number={number} onDone={reload} onCancel={() => setDoing(undefined)} />
      )}
      <Loaded of={record}>
        {(found) => (
          <>
            <People people={distinct(found.people ?? [])} />
            <History record={found} />
          </>
        )}
      </Loaded>
      {record.error?.trouble === "missing" && (
        <p>
          <a href={href("incidents", number)}>{t("updates.try_incident", { number })}</a>
        </p>
      )}
    </Page>
  );
}

interface ActionsProps {
  doing: Doing;
  choose: (doing: Doing) => void;
  hasPeople: boolean;
  reload: () => void;
}

function Actions({ doing, choose, hasPeople, reload }: ActionsProps) {
  const { t, may } = useDesk();
  const button = (what: Exclude<Doing, undefined>, words: string, look = "") => (
    <button
      type="button"
      class={look}
      aria-expanded={doing === what}
      onClick={() => choose(doing === what ? undefined : what)}
    >
      {words}
    </button>
  );
  return (
    <>
      {hasPeople && may("POST /v1/cases/{number}/messages") && button("write", t("updates.write"), "primary")}
      {may("POST /v1/cases/{number}/people") && button("add", t("updates.add"))}
      {may("POST /v1/cases/{number}/release") && button("release", t("updates.release"))}
      <button type="button" onClick={reload}>
        {t("updates.reload")}
      </button>
      <button type="button" onClick={() => print()}>
        {t("updates.print")}
      </button>
    </>
  );
}

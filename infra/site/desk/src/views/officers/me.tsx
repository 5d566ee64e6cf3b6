// The own page: everything that the department holds here about the one who is signed in, the own score with its reasons, and
// the place to answer. Nobody above sees more than this page shows, but for what the law holds back until a day.
import type { OfficerView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Empty, Notice, Page } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { PrintButton } from "../print";
import { postOf } from "./person";
import { Record } from "./record";

import "../../style/officers.css";

export default function Me() {
  const { t, me } = useDesk();
  if (me.officer === null) {
    return (
      <Page title={t("officers.me")} tab={t("officers.me")}>
        <Empty>{t("officers.not_tied")}</Empty>
      </Page>
    );
  }
  return <Own id={me.officer.id} />;
}

function Own({ id }: { id: string }) {
  const { api, t } = useDesk();
  const found = useResource<OfficerView>(`me ${id}`, (signal) =>
    api.get(`/v1/officers/${encodeURIComponent(id)}`, {}, signal),
  );
  const officer = found.value?.officer;
  return (
    <Page
      title={t("officers.me")}
      tab={t("officers.me")}
      lead={officer ? `${officer.name ?? ""} · ${officer.officer_id} · ${postOf(officer)}` : undefined}
      actions={<PrintButton />}
    >
      <Notice>{t("officers.me_lead")}</Notice>
      <Loaded of={found}>{(view) => <Record view={view} reload={found.reload} own />}</Loaded>
    </Page>
  );
}

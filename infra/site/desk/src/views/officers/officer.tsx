// The record of an officer, for those above. The officer sees the same page about themselves (me.tsx).
import type { OfficerView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Page } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { PrintButton } from "../print";
import { nameOf, postOf } from "./person";
import { Record } from "./record";

import "../../style/officers.css";

export default function Officer({ params }: ViewProps) {
  const { api, t } = useDesk();
  const id = params.id ?? "";
  const found = useResource<OfficerView>(`officer ${id}`, (signal) =>
    api.get(`/v1/officers/${encodeURIComponent(id)}`, {}, signal),
  );
  const officer = found.value?.officer;
  return (
    <Page
      title={officer ? nameOf(officer) : t("officers.officer")}
      tab={t("officers.officer")}
      lead={officer ? `${officer.officer_id} · ${postOf(officer)}` : undefined}
      actions={<PrintButton />}
    >
      <p class="crumbs no-print">
        <a href={href("officers")}>{t("officers.officers")}</a>
      </p>
      <Loaded of={found}>{(view) => <Record view={view} reload={found.reload} own={false} />}</Loaded>
    </Page>
  );
}

// Today's updates.
import { useDesk } from "../../shell/desk";
import { Page } from "../../ui/page";

export default function Day() {
  const { t } = useDesk();
  return <Page title={t("updates.title")} tab={t("updates.title")} />;
}

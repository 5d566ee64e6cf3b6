// The button that prints what is shown.
import { useDesk } from "../shell/desk";

export function PrintButton() {
  const { t } = useDesk();
  return (
    <button type="button" class="no-print" onClick={() => print()}>
      {t("officers.print")}
    </button>
  );
}

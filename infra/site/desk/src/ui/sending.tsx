// What becomes of a form that was sent, and its button.
import type { ComponentChildren } from "preact";
import { useDesk } from "../shell/desk";
import { Notice } from "./page";
import type { Sent } from "./submission";
import { Trouble } from "./trouble";

/** The button that sends; while it does, it says so and does nothing. */
export function SendButton({ sent, children }: { sent: Sent<unknown>; children: ComponentChildren }) {
  const { t } = useDesk();
  const busy = sent.state === "sending";
  return (
    <button type="submit" class="primary" aria-disabled={busy}>
      {busy ? t("common.sending") : children}
    </button>
  );
}

/** Trouble of a form: a definite no with its reasons, or "not known", where sending again is harmless. */
export function SentTrouble({ sent, again }: { sent: Sent<unknown>; again: () => void }) {
  const { t } = useDesk();
  if (sent.state === "refused") return <Trouble error={sent.error} />;
  if (sent.state !== "unsure") return null;
  return (
    <Notice tone="warn">
      <p>
        <strong>{t(`common.trouble_${sent.error.trouble}`)}</strong> {t("common.unsure")}
      </p>
      {sent.error.trouble !== "signed_out" && (
        <button type="button" onClick={again}>
          {t("common.send_again")}
        </button>
      )}
    </Notice>
  );
}

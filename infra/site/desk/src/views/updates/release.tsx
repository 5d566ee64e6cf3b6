// Letting held news of a charge or a referral go: somebody who knows that it warns nobody says so.
import { at } from "../../api/client";
import { useDesk } from "../../shell/desk";
import { Notice, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useSubmission } from "../../ui/submission";

interface ReleaseProps {
  number: string;
  onDone: () => void;
  onCancel: () => void;
}

export function Release({ number, onDone, onCancel }: ReleaseProps) {
  const { api, t, dates } = useDesk();
  const path = at("cases", number, "release");
  const { sent, send, again } = useSubmission<object, { readonly released_at: string }>(
    `release/${number}`,
    (body, key) => api.post(path, body, { key }),
    onDone,
  );
  const submit = (event: Event) => {
    event.preventDefault();
    void send({});
  };
  return (
    <Section title={t("updates.release_title")} takesFocus>
      {sent.state === "done" ? (
        <Notice tone="good">{t("updates.released", { at: dates.moment(sent.answer.released_at) })}</Notice>
      ) : (
        <form class="form" onSubmit={submit}>
          <p>{t("updates.release_means")}</p>
          <SentTrouble sent={sent} again={again} />
          <div class="form-end">
            <SendButton sent={sent}>{t("updates.release_do")}</SendButton>
            <button type="button" onClick={onCancel}>
              {t("updates.cancel")}
            </button>
          </div>
        </form>
      )}
    </Section>
  );
}

// Before the desk: signing in, what hinders it, signed out.
import type { ApiError } from "../api/errors";
import type { Key, Text } from "../i18n/text";
import type { Phase, Session } from "../session/session";

interface GateProps {
  words: Text;
  phase: Phase;
  error: ApiError | undefined;
  session: Session;
  retry: () => Promise<void>;
}

const WAITING: Partial<Record<Phase["phase"], Key>> = {
  starting: "shell.going_to_sign_in",
  signing_out: "shell.signing_out",
};

export function Gate({ words: { t }, phase, error, session, retry }: GateProps) {
  const signIn = () => void session.signIn();
  const isOpen = phase.phase === "signed_out" && phase.isOpen;
  const isOut = phase.phase === "signed_out" || phase.phase === "expired" || error?.trouble === "signed_out";
  return (
    <main class="gate">
      <div class="gate-card">
        <h1>{t("shell.desk")}</h1>
        {phase.phase === "failed" ? (
          <>
            <div class="notice notice-bad" role="alert">
              <p>
                <strong>{t("shell.sign_in_failed")}</strong>
              </p>
              <p class="quiet">{phase.why}</p>
            </div>
            <button type="button" class="primary" onClick={signIn}>
              {t("shell.sign_in_again")}
            </button>
          </>
        ) : isOpen ? (
          <>
            <div class="notice notice-bad" role="alert">
              <p>
                <strong>{t("shell.signed_out_here_only")}</strong>
              </p>
              <p>{t("shell.signed_out_here_only_means")}</p>
            </div>
            <button type="button" class="primary" onClick={() => void session.signOut()}>
              {t("shell.sign_out_again")}
            </button>
          </>
        ) : isOut ? (
          <>
            <p role="status">{t("shell.signed_out")}</p>
            <button type="button" class="primary" onClick={signIn}>
              {t("shell.sign_in")}
            </button>
          </>
        ) : error ? (
          <>
            <div class="notice notice-bad" role="alert">
              <p>
                <strong>{t(`common.trouble_${error.trouble}`)}</strong>
              </p>
              {error.problem.detail && <p>{error.problem.detail}</p>}
            </div>
            <button type="button" class="primary" onClick={() => void retry()}>
              {t("common.again")}
            </button>
          </>
        ) : (
          <p role="status">{t(WAITING[phase.phase] ?? "common.loading")}</p>
        )}
      </div>
    </main>
  );
}

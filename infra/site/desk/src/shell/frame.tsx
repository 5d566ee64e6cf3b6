// The frame around every view: top line, pauses, navigation, and what is the matter with connection or sign-in.
import { useEffect, useState } from "preact/hooks";
import type { Language } from "../i18n/text";
import type { Session } from "../session/session";
import { Notice } from "../ui/page";
import { PauseBanner } from "./banner";
import { useDesk } from "./desk";
import { Navigation } from "./navigation";
import { usePlace } from "./router";
import { Top } from "./top";
import { ViewOf } from "./view";
import { isAdmitted, listed, VIEWS } from "./views";

interface FrameProps {
  session: Session;
  isExpired: boolean;
  isReached: boolean;
  chooseLanguage: (language: Language) => void;
}

export function Frame({ session, isExpired, isReached, chooseLanguage }: FrameProps) {
  const { t, me } = useDesk();
  const place = usePlace();
  const [isOpen, setOpen] = useState(false);
  const first = listed(me.may)[0];
  useEffect(() => {
    // In the place of the entry, so that going back does not lead here again.
    if (place.path === "/" && first) location.replace(`#${first.path}`);
  }, [place.path, first]);
  useEffect(() => setOpen(false), [place.path]); // The menu of a phone closes when the view changes.
  useViewsAtHand(me.may);
  const skip = (event: Event) => {
    // The fragment names the view, so the link itself must not change it.
    event.preventDefault();
    document.getElementById("view")?.focus();
  };
  return (
    <div class="frame">
      <Top
        skip={
          <a class="skip" href={`#${place.path}`} onClick={skip}>
            {t("shell.skip")}
          </a>
        }
        session={session}
        chooseLanguage={chooseLanguage}
        isMenuOpen={isOpen}
        toggleMenu={() => setOpen(!isOpen)}
      />
      <div class="alarms">
        <Connection isReached={isReached} />
        {isExpired && <Expired session={session} />}
        <PauseBanner />
      </div>
      <div class="columns">
        <Navigation path={place.path} isOpen={isOpen} />
        <main id="view" tabIndex={-1}>
          <ViewOf place={place} />
        </main>
      </div>
    </div>
  );
}

/** How long after the first view the others are fetched, in milliseconds: so that they open without a connection too. */
const AT_HAND = 3_000;

function useViewsAtHand(may: readonly string[]): void {
  const names = may.join();
  useEffect(() => {
    const fetch = () => {
      // One that cannot be had now is asked for again when it is opened.
      for (const view of VIEWS) if (isAdmitted(view, names.split(","))) view.load().catch(() => undefined);
    };
    const timer = setTimeout(fetch, AT_HAND);
    return () => clearTimeout(timer);
  }, [names]);
}

function Connection({ isReached }: { isReached: boolean }) {
  const { t } = useDesk();
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  if (isOnline && isReached) return null;
  return (
    <Notice tone="warn">
      <strong>{t(isOnline ? "shell.unreached" : "shell.offline")}</strong> {t("shell.offline_means")}
    </Notice>
  );
}

function Expired({ session }: { session: Session }) {
  const { t } = useDesk();
  const [failed, setFailed] = useState(false);
  const signIn = () => session.signIn().catch(() => setFailed(true));
  return (
    <div class="notice notice-warn expired" role="alert">
      <p>
        <strong>{t("shell.expired")}</strong> {t(failed ? "shell.expired_unreached" : "shell.expired_means")}
      </p>
      <button type="button" class="primary" onClick={signIn}>
        {t("shell.sign_in_again")}
      </button>
    </div>
  );
}

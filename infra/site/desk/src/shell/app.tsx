// From nothing to a desk: language, session, who is signed in; then the frame with the view.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Api } from "../api/client";
import { type ApiError, asApiError } from "../api/errors";
import type { Me } from "../api/me";
import { dates } from "../i18n/dates";
import english from "../i18n/en";
import {
  keepLanguage,
  type Language,
  type Messages,
  messagesOf,
  preferredLanguage,
  text,
} from "../i18n/text";
import { ownDrafts } from "../session/drafts";
import { type Phase, Session } from "../session/session";
import { type Desk, DeskProvider } from "./desk";
import { Frame } from "./frame";
import { Gate } from "./gate";

/** How often pauses and the clock are read again, in milliseconds. */
const POLL = 60_000;

export function App() {
  const [phase, setPhase] = useState<Phase>({ phase: "starting" });
  const [session] = useState(() => new Session(setPhase));
  const [reached, setReached] = useState(true);
  const [api] = useState(
    () =>
      new Api({
        token: () => session.token(),
        renewed: (refused) => session.renewed(refused),
        onSignedOut: () => session.expire(),
        onReached: setReached,
      }),
  );
  const [words, chooseLanguage] = useLanguage();
  const { me, error, ahead, refresh } = useMe(api, phase.phase);
  useBrowserSigns(session);
  const zone = me?.agency.time_zone ?? "UTC";
  const now = useCallback(() => new Date(Date.now() + ahead.current), [ahead]);
  const desk = useMemo<Desk | undefined>(
    () =>
      me && {
        ...words,
        api,
        me,
        dates: dates(words.language, zone),
        now,
        may: (route) => me.may.includes(route),
        refresh,
      },
    [words, api, me, zone, now, refresh],
  );
  if (desk === undefined || isOut(phase.phase)) {
    return <Gate words={words} phase={phase} error={error} session={session} retry={refresh} />;
  }
  return (
    <DeskProvider value={desk}>
      <Frame
        session={session}
        isExpired={phase.phase === "expired"}
        isReached={reached && error === undefined}
        chooseLanguage={chooseLanguage}
      />
    </DeskProvider>
  );
}

function isOut(phase: Phase["phase"]): boolean {
  return phase === "signing_out" || phase === "signed_out";
}

/** What the session has to know of the browser: that the page is there, and that somebody is at it. */
function useBrowserSigns(session: Session): void {
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    for (const sign of ["pointerdown", "keydown"]) {
      addEventListener(sign, () => session.touch(), { signal, passive: true });
    }
    addEventListener("pageshow", ({ persisted }) => persisted && session.backFromProvider(), { signal });
    void session.start();
    return () => over.abort();
  }, [session]);
}

function useLanguage() {
  const [language, setLanguage] = useState<Language>(preferredLanguage);
  const [messages, setMessages] = useState<Messages>(english);
  const [shown, setShown] = useState<Language>("en");
  useEffect(() => {
    let isCurrent = true;
    messagesOf(language).then(
      (next) => {
        if (!isCurrent) return;
        document.documentElement.lang = language;
        setMessages(next);
        setShown(language);
      },
      () => undefined, // What is shown stays as it is.
    );
    return () => {
      isCurrent = false;
    };
  }, [language]);
  const words = useMemo(() => text(shown, messages), [shown, messages]);
  const choose = useCallback((next: Language) => {
    keepLanguage(next);
    setLanguage(next);
  }, []);
  return [words, choose] as const;
}

function useMe(api: Api, phase: Phase["phase"]) {
  const [me, setMe] = useState<Me | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const ahead = useRef(0);
  const refresh = useCallback(async () => {
    try {
      const next = await api.get<Me>("/v1/me");
      ahead.current = Date.parse(next.now) - Date.now();
      await ownDrafts(next.subject);
      setError(undefined);
      setMe(next);
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  }, [api]);
  useEffect(() => {
    if (isOut(phase)) {
      setMe(undefined);
      setError(undefined);
    }
    if (phase !== "signed_in") return;
    void refresh();
    const look = () => document.visibilityState === "visible" && void refresh();
    const timer = setInterval(look, POLL);
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", look);
    };
  }, [phase, refresh]);
  return { me, error, ahead, refresh };
}

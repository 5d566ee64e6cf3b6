// The top line: department, its clock, who is signed in, language, colours, signing out.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { LANGUAGES, type Language } from "../i18n/text";
import type { Session } from "../session/session";
import { useDesk } from "./desk";
import { THEMES, type Theme, useTheme } from "./theme";

interface TopProps {
  /** The link that leaps over all this, first of everything. */
  skip: ComponentChildren;
  session: Session;
  chooseLanguage: (language: Language) => void;
  isMenuOpen: boolean;
  toggleMenu: () => void;
}

export function Top({ skip, session, chooseLanguage, isMenuOpen, toggleMenu }: TopProps) {
  const { t, me } = useDesk();
  return (
    <header class="top">
      {skip}
      <button
        type="button"
        class="menu-button"
        aria-expanded={isMenuOpen}
        aria-controls="navigation"
        onClick={toggleMenu}
      >
        {t("shell.menu")}
      </button>
      <p class="agency">
        <strong>{me.agency.name}</strong> <span class="quiet">{t("shell.desk")}</span>
      </p>
      <Clock />
      <Account session={session} chooseLanguage={chooseLanguage} />
    </header>
  );
}

function Clock() {
  const { dates, now, me } = useDesk();
  const [at, setAt] = useState(now);
  useEffect(() => {
    setAt(now());
    const timer = setInterval(() => setAt(now()), 5_000);
    return () => clearInterval(timer);
  }, [now]);
  return (
    <p class="clock">
      <time dateTime={at.toISOString()}>
        <span class="clock-time">{dates.time(at)}</span> <span class="clock-day">{dates.day(at)}</span>
      </time>
      <span class="unseen">{me.agency.time_zone}</span>
    </p>
  );
}

function Account({
  session,
  chooseLanguage,
}: {
  session: Session;
  chooseLanguage: (language: Language) => void;
}) {
  const { t, word, me, language } = useDesk();
  const [theme, setTheme] = useTheme();
  const roles = me.roles.map((role) => word("shell", role, "role_")).join(", ");
  const [name] = useState(session.name); // Kept when the token has ended.
  const who = me.officer?.name ?? name ?? me.subject;
  const panel = useRef<HTMLDetailsElement>(null);
  useLayoutEffect(() => {
    const close = (event: Event) => {
      const isKey = event instanceof KeyboardEvent;
      const isOutside = !isKey && !panel.current?.contains(event.target as Node);
      if (panel.current?.open && (isOutside || (isKey && event.key === "Escape"))) panel.current.open = false;
    };
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, []);
  return (
    <details class="account" ref={panel}>
      <summary>
        <span class="account-who">{who}</span>{" "}
        <span class="account-roles">{roles || t("shell.no_role")}</span>
      </summary>
      <div class="account-panel">
        <label>
          {t("shell.language")}
          <select
            value={language}
            onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t("shell.colors")}
          <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
            {THEMES.map((one) => (
              <option key={one} value={one}>
                {t(`shell.colors_${one}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void session.signOut()}>
          {t("shell.sign_out")}
        </button>
      </div>
    </details>
  );
}

// The frame of a view: its heading, which takes the focus when the view is opened, and what it offers to do.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../shell/desk";

interface PageProps {
  /** Heading. May name a person or a case; the window's title, which other programs read, gets `tab` alone. */
  title: ComponentChildren;
  /** Name of the kind of view, without anything personal. */
  tab: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

export function Page({ title, tab, lead, actions, children }: PageProps) {
  const { t } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · ${t("shell.desk")}`;
  }, [tab, t]);
  // Before anything is painted: a focus that moves later takes it from whoever types at once.
  useLayoutEffect(() => {
    // Not on the first page, where the reader starts at the top.
    if (document.body.dataset.moved === "yes") heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <article class="page">
      <header class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </article>
  );
}

/** A part of a page under its own heading. */
export function Section({
  title,
  actions,
  takesFocus = false,
  children,
}: {
  title: ComponentChildren;
  actions?: ComponentChildren;
  /** Of a form that a button opened: the cursor goes into its first field. */
  takesFocus?: boolean;
  children?: ComponentChildren;
}) {
  const section = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (takesFocus) section.current?.querySelector<HTMLElement>("select, input, textarea, button")?.focus();
  }, [takesFocus]);
  return (
    <section class="section" ref={section}>
      <div class="section-head">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** Nothing to show, said in a sentence. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Notice({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "good" | "warn" | "bad";
  children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** A state in a word; the sign before it tells it apart without colour. */
export function Chip({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`chip chip-${tone}`}>
      <span class="chip-sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  );
}

export type Tone = "good" | "under-way" | "waiting" | "withheld" | "bad" | "quiet";
const SIGNS: Readonly<Record<Tone, string>> = {
  good: "✓",
  "under-way": "›",
  waiting: "◷",
  withheld: "⊘",
  bad: "!",
  quiet: "·",
};

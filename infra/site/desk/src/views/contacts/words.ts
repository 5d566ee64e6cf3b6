// How a contact stands, in sentences: what forbids messages comes before what allows them.
import type { Contact } from "../../api/updates";
import type { Desk } from "../../shell/desk";
import { languageWords } from "../updates/words";

export interface Line {
  readonly tone: "good" | "warn" | "bad" | "plain";
  readonly words: string;
}

type Words = Pick<Desk, "t" | "word" | "dates" | "language">;

export function standing({ t, word, dates }: Words, contact: Contact): readonly Line[] {
  const { latched_until, wish, confirmed_safe, undeliverable, opt_outs } = contact;
  const lines: Line[] = [];
  if (latched_until !== undefined) {
    lines.push({ tone: "bad", words: t("contacts.latched", { until: dates.day(latched_until) }) });
  }
  if (opt_outs.some((one) => one.scope === "all"))
    lines.push({ tone: "bad", words: t("contacts.opted_out_all") });
  if (wish !== undefined) {
    const words = word("contacts", wish.contact, "wish_");
    lines.push({
      tone: "warn",
      words: t("contacts.wish_holds", { wish: words, until: dates.day(wish.until) }),
    });
  }
  if (undeliverable) lines.push({ tone: "warn", words: t("contacts.undeliverable") });
  for (const safe of confirmed_safe) {
    const way = word("updates", safe.channel, "way_");
    lines.push({ tone: "good", words: t("contacts.safe_until", { way, until: dates.day(safe.until) }) });
  }
  return lines;
}

export function optOutWords({ t, word, dates }: Words, optOut: Contact["opt_outs"][number]): string {
  const { scope, at, by } = optOut;
  const what =
    scope === "all"
      ? t("contacts.scope_all")
      : "case" in scope
        ? t("contacts.scope_of_case", { number: scope.case })
        : word("contacts", scope.class, "class_");
  return t("contacts.opted_out", { what, at: dates.moment(at), by: word("contacts", by, "by_") });
}

export function languageOf(desk: Desk, language: string): string {
  return languageWords(desk, language);
}

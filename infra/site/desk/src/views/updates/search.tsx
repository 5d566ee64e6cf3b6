// One field for what a caller at the counter can say: a number of a call or case, a telephone number, an e-mail address.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Updates } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { go, href } from "../../shell/router";
import { Empty, Section } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { List } from "./list";
import { typed } from "./lookup";

const BY_ADDRESS = "POST /v1/updates/search";

export function Search({ onAddress }: { onAddress: (address: string | undefined) => void }) {
  const { t, may } = useDesk();
  const [text, setText] = useState("");
  const [isRefused, setRefused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useShortcut(() => field.current?.focus());
  const kind = typed(text);
  const byAddress = may(BY_ADDRESS);
  const prefersAddress = byAddress && (kind === "address" || kind === "either");
  const open = (what: "incidents" | "cases") => () => {
    // Also where the reader may not search by address: it must not get into an address line.
    if (kind === "address") setRefused(true);
    else if (kind !== "empty") go(href(what, text.trim()));
  };
  const find = () => kind !== "empty" && onAddress(text.trim());
  const submit = (event: Event) => {
    event.preventDefault();
    if (prefersAddress) find();
    else open("incidents")();
  };
  const change = (value: string) => {
    setText(value);
    setRefused(false);
    if (value === "") onAddress(undefined);
  };
  return (
    <search class="search">
      <form onSubmit={submit}>
        <label for="search">{t(byAddress ? "updates.search_label" : "updates.search_number")}</label>
        <div class="search-line">
          <input
            id="search"
            ref={field}
            type="text"
            value={text}
            autocomplete="off"
            spellcheck={false}
            aria-describedby={isRefused ? "search-fault" : undefined}
            onInput={(event) => change(event.currentTarget.value)}
          />
          {may("GET /v1/incidents/{id}/updates") && (
            <button
              type={prefersAddress ? "button" : "submit"}
              class={prefersAddress ? "" : "primary"}
              onClick={prefersAddress ? open("incidents") : undefined}
            >
              {t("updates.open_incident")}
            </button>
          )}
          {may("GET /v1/cases/{number}/updates") && (
            <button type="button" onClick={open("cases")}>
              {t("updates.open_case")}
            </button>
          )}
          {byAddress && (
            <button
              type={prefersAddress ? "submit" : "button"}
              class={prefersAddress ? "primary" : ""}
              onClick={prefersAddress ? undefined : find}
            >
              {t("updates.find_address")}
            </button>
          )}
        </div>
        {isRefused && (
          <p class="fault" id="search-fault" role="alert">
            {t("updates.address_as_number")}
          </p>
        )}
      </form>
    </search>
  );
}

/** Ctrl+K or Command+K puts the cursor into the search. */
function useShortcut(act: () => void) {
  const latest = useRef(act);
  latest.current = act;
  // Before anything is painted: whoever sees the search may press the keys at once.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** Where an address got updates or was withheld one. The address is in the body of the request and nowhere else. */
export function Found({ address, round }: { address: string; round: number }) {
  const { api, t } = useDesk();
  const found = useResource(`found ${round}`, () => api.post<Found>(BY_ADDRESS.slice(5), { address }));
  return (
    <Section title={t("updates.found_title")}>
      <Loaded of={found}>
        {(answer) =>
          answer.updates.length === 0 ? (
            <Empty>{t("updates.found_none", { address: answer.address ?? "" })}</Empty>
          ) : (
            <>
              <p class="lead">{t("updates.found_lead", { address: answer.address ?? "" })}</p>
              <List updates={answer.updates} caption={t("updates.found_title")} withDay />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
type Found = Updates & { readonly address?: string };

// The view that the address names: loaded when first opened, refused where the role does not open it.
import type { ComponentType } from "preact";
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks";
import { Notice, Page } from "../ui/page";
import { Busy } from "../ui/resource";
import { useDesk } from "./desk";
import type { Place } from "./router";
import { isAdmitted, listed, type View, type ViewProps, viewOf } from "./views";

export function ViewOf({ place }: { place: Place }) {
  const { t, me } = useDesk();
  const first = useRef(place.path);
  if (first.current !== place.path) document.body.dataset.moved = "yes";
  const found = viewOf(place.path);
  if (place.path === "/" && listed(me.may).length > 0) return null;
  if (place.path === "/")
    return <Refused title={t("shell.nothing_open")} why={t("shell.nothing_open_means")} />;
  if (found === undefined) return <Refused title={t("shell.no_view")} why={t("shell.no_view_means")} />;
  if (!isAdmitted(found.view, me.may)) {
    return <Refused title={t("shell.not_your_role")} why={t("shell.not_your_role_means")} />;
  }
  return <Guarded key={place.path} view={found.view} params={found.params} query={place.query} />;
}

function Refused({ title, why }: { title: string; why: string }) {
  return (
    <Page title={title} tab={title}>
      <p>{why}</p>
    </Page>
  );
}

/** A view that breaks must not take the others with it. */
function Guarded({ view, ...props }: ViewProps & { view: View }) {
  const { t } = useDesk();
  const [error, reset] = useErrorBoundary();
  if (!error) return <Loading view={view} {...props} />;
  return (
    <Page title={t("shell.broken")} tab={t("shell.broken")}>
      <Notice tone="bad">
        <p>{t("shell.broken_means")}</p>
        <button type="button" onClick={reset}>
          {t("common.again")}
        </button>
      </Notice>
    </Page>
  );
}

function Loading({ view, ...props }: ViewProps & { view: View }) {
  const { t } = useDesk();
  const [loaded, setLoaded] = useState<{ Body: ComponentType<ViewProps> } | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setFailed(false);
    view.load().then(
      (module) => isCurrent && setLoaded({ Body: module.default }),
      () => isCurrent && setFailed(true),
    );
    return () => {
      isCurrent = false;
    };
  }, [view, round]);
  if (failed) {
    return (
      <Page title={t(view.title)} tab={t(view.title)}>
        <Notice tone="bad">
          <p>{t("shell.not_loaded")}</p>
          <button type="button" onClick={() => setRound(round + 1)}>
            {t("common.again")}
          </button>
        </Notice>
      </Page>
    );
  }
  return loaded ? <loaded.Body {...props} /> : <Busy />;
}

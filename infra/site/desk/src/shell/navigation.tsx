// What this person's roles open, and nothing else.
import { useDesk } from "./desk";
import { GROUPS, listed, viewOf } from "./views";

export function Navigation({ path, isOpen }: { path: string; isOpen: boolean }) {
  const { t, me } = useDesk();
  const views = listed(me.may);
  const current = viewOf(path)?.view;
  return (
    <nav
      id="navigation"
      class={isOpen ? "navigation is-open" : "navigation"}
      aria-label={t("shell.navigation")}
    >
      {GROUPS.filter((group) => views.some((view) => view.group === group)).map((group) => (
        <div key={group}>
          <h2 id={`group-${group}`}>{t(`shell.group_${group}`)}</h2>
          <ul aria-labelledby={`group-${group}`}>
            {views
              .filter((view) => view.group === group)
              .map((view) => (
                <li key={view.path}>
                  <a href={`#${view.path}`} aria-current={view === current ? "page" : undefined}>
                    {t(view.title)}
                  </a>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

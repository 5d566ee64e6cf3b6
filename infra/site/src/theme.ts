// Light or dark: as the system prefers, until the reader chooses; the choice stays in this browser.
import { part } from "./dom";
import type { Theme } from "./looks";

const KEY = "theme";

/** Wires the button; tells the theme at once and after each change. */
export function theme(onChanged: (theme: Theme) => void): void {
  const button = part("theme", HTMLButtonElement);
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const current = (): Theme => stored() ?? (system.matches ? "dark" : "light");
  const apply = () => {
    document.documentElement.dataset.theme = current();
    button.setAttribute("aria-pressed", `${current() === "dark"}`);
    onChanged(current());
  };
  button.addEventListener("click", () => {
    store(current() === "dark" ? "light" : "dark");
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

// Where storage is refused (private windows, strict settings) the choice lasts as long as the page.
let memory: string | null = null;

function stored(): Theme | undefined {
  let value = memory;
  try {
    value ??= localStorage.getItem(KEY);
  } catch {
    // as above
  }
  return value === "dark" || value === "light" ? value : undefined;
}

function store(value: Theme): void {
  memory = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // as above
  }
}

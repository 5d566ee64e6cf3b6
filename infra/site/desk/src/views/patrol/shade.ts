// Whether the desk is light or dark right now, by the reader's choice or else by the system's.
import { useEffect, useState } from "preact/hooks";

type Shade = "light" | "dark";

export function useShade(): Shade {
  const [shade, setShade] = useState<Shade>(current);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => setShade(current());
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    system.addEventListener("change", changed);
    return () => {
      observer.disconnect();
      system.removeEventListener("change", changed);
    };
  }, []);
  return shade;
}

function current(): Shade {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

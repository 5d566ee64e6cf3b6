// What somebody typed into the search: a number of a call or case, or an address, which must never get into a URL.
export type Typed = "empty" | "number" | "address" | "either";

/** Ten or eleven bare digits may be either; with separators of telephone numbers, a plus or an `@` it is an address. */
export function typed(text: string): Typed {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  if (trimmed.includes("@")) return "address";
  const digits = trimmed.replace(/\D/g, "").length;
  const isPhone = digits >= 10 && digits <= 15 && /^[\d\s()+./-]+$/.test(trimmed);
  if (!isPhone) return "number";
  if (/^\d+$/.test(trimmed)) return "either";
  return /^\+|\(|^1?[\s.-]*\d{3}[\s./-]+\d{3}[\s./-]*\d{4}$/.test(trimmed) ? "address" : "number";
}

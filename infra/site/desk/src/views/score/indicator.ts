// An indicator's name. In English the department's own, as its rules name it; in another language the desk's, where it has one.
import type { Text } from "../../i18n/text";

type Named = { readonly indicator: string; readonly name: string };
type Words = Pick<Text, "language" | "has" | "word">;

export function indicatorName({ indicator, name }: Named, { language, has, word }: Words): string {
  if (language === "en" || !has("officers", `indicator_${indicator}`)) return name;
  return word("officers", indicator, "indicator_");
}

/** The same with room for a label; a department may name an indicator at length, and the table has it in full. */
export function shortName(named: Named, words: Words): string {
  const name = indicatorName(named, words);
  return name.length > 25 ? `${name.slice(0, 24)}…` : name;
}

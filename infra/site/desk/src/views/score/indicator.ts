// An indicator's name. In English the department's own, as its rules name it; in another language the desk's, where it has one.
import type { Text } from "../../i18n/text";

export function indicatorName(
  { indicator, name }: { readonly indicator: string; readonly name: string },
  { language, has, word }: Pick<Text, "language" | "has" | "word">,
): string {
  if (language === "en" || !has("officers", `indicator_${indicator}`)) return name;
  return word("officers", indicator, "indicator_");
}

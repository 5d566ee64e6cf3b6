// Strings by key, with `{name}` for what is filled in. English decides which keys there are; another language that misses
// one does not compile. English comes with the page, every other language when it is chosen.
import english from "./en";

type English = typeof english;
export type Part = keyof English;
/** The same keys as English, other words. */
export type Messages = { readonly [P in Part]: { readonly [K in keyof English[P]]: string } };
/** `part.key` */
export type Key = { [P in Part]: `${P}.${keyof English[P] & string}` }[Part];
export type Values = Readonly<Record<string, string | number>>;

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

export interface Text {
  readonly language: Language;
  /** The string of a key. */
  t(key: Key, values?: Values): string;
  /** The string for a number: keys `…_one` and `…_other`, with `{count}`. */
  n(key: PluralKey, count: number, values?: Values): string;
  /** The words for a word of the API; the word itself, spaced, where the desk has none. */
  word(part: Part, word: string, prefix?: string): string;
  /** Whether the desk has words for it. */
  has(part: Part, word: string): boolean;
}
export type PluralKey = Key extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;

export function text(language: Language, messages: Messages): Text {
  const plural = new Intl.PluralRules(language);
  const find = (key: string): string | undefined => {
    const dot = key.indexOf(".");
    const part: Readonly<Record<string, string>> | undefined = messages[key.slice(0, dot) as Part];
    return part?.[key.slice(dot + 1)];
  };
  return {
    language,
    t: (key, values) => fill(find(key) ?? key, values),
    n: (key, count, values) => {
      const form = find(`${key}_${plural.select(count)}`) ?? find(`${key}_other`) ?? key;
      return fill(form, { count, ...values });
    },
    word: (part, word, prefix = "") => find(`${part}.${prefix}${word}`) ?? word.replaceAll("_", " "),
    has: (part, word) => find(`${part}.${word}`) !== undefined,
  };
}

function fill(pattern: string, values: Values = {}): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The messages of a language. */
export async function messagesOf(language: Language): Promise<Messages> {
  return language === "es" ? (await import("./es")).default : english;
}

const KEY = "desk-language";

/** As chosen in this browser, else as the browser prefers, else English. */
export function preferredLanguage(): Language {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage refused: the browser's preference counts.
  }
  for (const wish of [chosen, ...navigator.languages]) {
    const language = wish?.slice(0, 2).toLowerCase();
    if (language === "en" || language === "es") return language;
  }
  return "en";
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It lasts as long as the page.
  }
}

// Every reason, kind, state, failure, task and role of the contract has its words in both languages. The lists are read from
// the code that decides, so that a new word without a sentence fails here.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KINDS, STATES } from "../../../desk/src/api/updates";
import english from "../../../desk/src/i18n/en";
import spanish from "../../../desk/src/i18n/es";

const root = new URL("../../../../../", import.meta.url);
const source = (path: string) => readFileSync(new URL(path, root), "utf8");

/** The words of an enum that `words!` makes in a file. */
function words(path: string, name: string): string[] {
  const block = new RegExp(`\\b${name} \\{([^}]*)\\}`).exec(source(path))?.[1] ?? "";
  return [...block.matchAll(/= "([a-z_]+)"/g)].map(([, word]) => word ?? "");
}

const KIND = "shared/updates/src/kind.rs";
const reasons = words(KIND, "Reason");
const languages = Object.entries({ english, spanish });

function check(part: keyof typeof english, keys: readonly string[]) {
  expect(keys.length).toBeGreaterThan(0);
  for (const [language, messages] of languages) {
    const strings: Readonly<Record<string, string>> = messages[part];
    const missing = keys.filter((key) => (strings[key] ?? "").trim() === "");
    expect(missing, `${part} in ${language}`).toEqual([]);
  }
}

describe("words of the contract", () => {
  test("every reason to withhold is a sentence, and a short word", () => {
    expect(reasons).toHaveLength(29);
    check("reasons", [...reasons, "quiet_hours"]);
    check(
      "reasons",
      [...reasons, "quiet_hours"].map((reason) => `${reason}_short`),
    );
    for (const [, messages] of languages) {
      const strings: Readonly<Record<string, string>> = messages.reasons;
      for (const reason of reasons) expect(strings[reason]).toMatch(/^\p{Lu}.*\.$/u);
    }
  });

  test("no sentence is left in English, or says the word of the machine", () => {
    const spanishReasons: Readonly<Record<string, string>> = spanish.reasons;
    for (const [key, sentence] of Object.entries(english.reasons)) {
      expect(sentence).not.toMatch(/_/);
      if (!key.endsWith("_short")) expect(spanishReasons[key]).not.toBe(sentence);
    }
  });

  test("kinds, failures and roles in a call", () => {
    expect(words(KIND, "Kind")).toEqual(KINDS);
    check(
      "updates",
      KINDS.map((kind) => `kind_${kind}`),
    );
    check(
      "updates",
      words("shared/updates/src/receipt.rs", "Failure").map((failure) => `failure_${failure}`),
    );
    check(
      "updates",
      STATES.map((state) => `state_${state}`),
    );
  });

  test("states are those of the table", () => {
    const block =
      /pub fn word\(self\)[\s\S]*?\n {4}\}/.exec(source("shared/table/src/messages.rs"))?.[0] ?? "";
    const stored = [...block.matchAll(/=> "([a-z]+)"/g)].map(([, word]) => word);
    expect([...STATES].sort()).toEqual(stored.sort());
  });

  test("tasks: kinds, owners, what to do, how they end", () => {
    const kinds = words("shared/updates/src/task.rs", "TaskKind");
    check(
      "tasks",
      kinds.flatMap((kind) => [`kind_${kind}`, `do_${kind}`]),
    );
    check(
      "shell",
      words("shared/updates/src/task.rs", "Owner").map((owner) => `role_${owner}`),
    );
    const endings = /fn outcomes[\s\S]*?\n\}/.exec(source("functions/staff-api/src/tasks.rs"))?.[0] ?? "";
    check(
      "tasks",
      [...endings.matchAll(/"([a-z_]+)"/g)].map(([, word]) => `outcome_${word}`),
    );
  });

  test("choices behind a refusal", () => {
    const choices = source("functions/staff-api/src/refusal.rs").matchAll(/choice: "([a-z_]+)"/g);
    check(
      "updates",
      [...choices].map(([, word]) => `choice_${word}`),
    );
  });

  test("roles", () => {
    const roles = [...source("functions/staff-api/src/caller.rs").matchAll(/=> "([a-z_]+)"/g)].map(
      ([, role]) => role,
    );
    check(
      "shell",
      roles.map((role) => `role_${role}`),
    );
  });
});

test("both languages fill in the same things, and nothing else", () => {
  const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [part, strings] of Object.entries(english)) {
    const other: Readonly<Record<string, string>> = spanish[part as keyof typeof spanish];
    expect(Object.keys(other).sort(), part).toEqual(Object.keys(strings).sort());
    for (const [key, text] of Object.entries(strings)) {
      expect(holes(other[key] ?? ""), `${part}.${key}`).toEqual(holes(text));
    }
  }
});

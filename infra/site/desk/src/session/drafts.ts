// What somebody was writing, kept in this tab until it is sent: it outlives an expired token and a reload. Gone when the tab
// closes, at sign-out, and when somebody else signs in. Never a telephone number, an e-mail address or a token.
const PREFIX = "desk-draft:";
const OWNER = "desk-drafts-of";

/** A draft with the Idempotency-Key under which it was sent, if it is not known whether it arrived. */
export interface Draft {
  readonly fields: Readonly<Record<string, string>>;
  readonly key?: string;
}

export function keepDraft(name: string, draft: Draft): void {
  const fields = Object.fromEntries(
    Object.entries(draft.fields).map(([field, value]) => [field, withoutAddresses(value)]),
  );
  quietly(() => sessionStorage.setItem(PREFIX + name, JSON.stringify({ ...draft, fields })));
}

export function draftOf(name: string): Draft | undefined {
  const kept = quietly(() => sessionStorage.getItem(PREFIX + name));
  if (!kept) return undefined;
  return quietly(() => JSON.parse(kept) as Draft) ?? undefined;
}

export function dropDraft(name: string): void {
  quietly(() => sessionStorage.removeItem(PREFIX + name));
}

export function dropAllDrafts(): void {
  quietly(() => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) || key === OWNER) sessionStorage.removeItem(key);
    }
  });
}

/** Drops the drafts unless they are this person's. The person is kept as a hash alone. */
export async function ownDrafts(subject: string): Promise<void> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subject));
  const owner = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const before = quietly(() => sessionStorage.getItem(OWNER));
  if (before !== owner) dropAllDrafts();
  quietly(() => sessionStorage.setItem(OWNER, owner));
}

/** The text with `…` for whatever may be a telephone number or an e-mail address. */
export function withoutAddresses(text: string): string {
  return text.replace(/\S+@\S+/g, "…").replace(/\+?\d(?:[\s().-]{0,3}\d){6,}/g, "…");
}

// Where storage is refused, a draft lasts as long as its form.
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

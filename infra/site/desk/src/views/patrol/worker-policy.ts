// The page's policy wants every script address approved (`require-trusted-types-for 'script'`), and MapLibre starts its worker from
// a plain one. This approves the desk's own files and nothing else, and only once the map is asked for.

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown;
  readonly defaultPolicy: unknown;
}

export function allowOwnWorkers(): void {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  if (policies === undefined || policies.defaultPolicy !== null) return;
  policies.createPolicy("default", {
    createScriptURL(address) {
      const { origin, protocol } = new URL(address, location.href);
      if (origin !== location.origin || protocol === "blob:") {
        throw new TypeError("only scripts of the desk itself may run");
      }
      return address;
    },
  });
}

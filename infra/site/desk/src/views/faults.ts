// The API's fault of a field, to stand at the field.
import type { Sent } from "../ui/submission";

/** What the API said of the field with this JSON pointer, if anything. */
export function faultOf(sent: Sent<unknown>): (field: string) => string | undefined {
  const errors = sent.state === "refused" ? (sent.error.problem.errors ?? []) : [];
  return (field) => errors.find((fault) => fault.pointer === `/${field}`)?.detail;
}

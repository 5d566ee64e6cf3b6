// A form that adds to an officer's record: kept as a draft, posted once under its key, emptied and shown once it is stored.
import { useDesk } from "../../shell/desk";
import { type Fields, useForm, useSubmission } from "../../ui/submission";
import { faultOf } from "../faults";

export function useEntry<F extends Fields>(
  name: string,
  blank: F,
  { officer, kind, reload }: { officer: string; kind: "coaching" | "goals"; reload: () => void },
) {
  const { api } = useDesk();
  const form = useForm(name, blank);
  const submission = useSubmission(
    name,
    (body: object, key) => api.post(`/v1/officers/${encodeURIComponent(officer)}/${kind}`, body, { key }),
    () => {
      form.clear();
      reload();
    },
  );
  return { form, submission, fault: faultOf(submission.sent) };
}

// What there is to do instead of a message that does not go out. What the form can do is a button; the rest is said.
import type { Choice } from "../../api/errors";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { Form } from "../../ui/submission";
import type { Writing } from "./composer";

interface ChoicesProps {
  choices: readonly Choice[];
  form: Form<Writing>;
  /** The case, where the message is about one. */
  number: string | undefined;
}

export function Choices({ choices, form, number }: ChoicesProps) {
  const { t } = useDesk();
  if (choices.length === 0) return null;
  return (
    <div class="choices-offered">
      <p>{t("updates.choices")}</p>
      <ul>
        {choices.map((choice) => (
          <li key={choice.choice}>
            <Offer choice={choice} form={form} number={number} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What each choice changes in the form. */
const CHANGES: Readonly<Record<string, Partial<Writing>>> = {
  wait: { wait: "yes" },
  email: { channel: "email" },
  text: { channel: "text" },
  override: { override: " " },
};

function Offer({
  choice: { choice, detail },
  form,
  number,
}: { choice: Choice } & Omit<ChoicesProps, "choices">) {
  const { word, has, may } = useDesk();
  const words = has("updates", `choice_${choice}`) ? word("updates", choice, "choice_") : detail;
  const change = CHANGES[choice];
  if (change !== undefined) {
    return (
      <button type="button" onClick={() => form.set(change)}>
        {words}
      </button>
    );
  }
  if (choice === "resume" && may("POST /v1/pause")) return <a href="#/pause">{words}</a>;
  const entersPeople = choice === "consent" || choice === "correct_address";
  if (entersPeople && number !== undefined && may("POST /v1/cases/{number}/people")) {
    const address = `${href("cases", number)}?add=${encodeURIComponent(form.fields.person)}`;
    return <a href={address}>{words}</a>;
  }
  return <span>{words}</span>;
}

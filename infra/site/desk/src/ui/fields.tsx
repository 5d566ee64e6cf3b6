// Fields of forms: each with its label, a hint, and the API's fault where it has one.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Common {
  label: string;
  hint?: ComponentChildren;
  fault?: string | undefined;
}

interface Written extends Common {
  value: string;
  onValue: (value: string) => void;
  required?: boolean;
}

function Frame({ id, label, hint, fault, children }: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class={fault ? "field has-fault" : "field"}>
      <label for={id}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

function described(id: string, hint: unknown, fault: unknown) {
  const ids = [hint ? `${id}-hint` : "", fault ? `${id}-fault` : ""].filter(Boolean).join(" ");
  return {
    "aria-invalid": fault ? true : undefined,
    "aria-describedby": ids === "" ? undefined : ids,
  } as const;
}

interface TextFieldProps extends Written {
  type?: "text" | "search" | "tel" | "email" | "number" | "date" | "datetime-local";
  inputMode?: "text" | "numeric" | "tel" | "email";
  maxLength?: number;
  min?: string;
  max?: string;
  placeholder?: string;
}

export function TextField({ label, hint, fault, value, onValue, type = "text", ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <input
        {...rest}
        {...described(id, hint, fault)}
        id={id}
        type={type as "text"}
        value={value}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export function TextArea({
  label,
  hint,
  fault,
  value,
  onValue,
  rows = 3,
  ...rest
}: Written & { rows?: number; maxLength?: number; lang?: string }) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <textarea
        {...rest}
        {...described(id, hint, fault)}
        id={id}
        rows={rows}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function Select({
  label,
  hint,
  fault,
  value,
  onValue,
  options,
  ...rest
}: Written & { options: readonly Option[] }) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <select
        {...rest}
        {...described(id, hint, fault)}
        id={id}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Checkbox({
  label,
  hint,
  checked,
  onChecked,
}: Common & { checked: boolean; onChecked: (checked: boolean) => void }) {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** One of a few, all to be seen. */
export function Choices({
  legend,
  value,
  onValue,
  options,
}: {
  legend: string;
  value: string;
  onValue: (value: string) => void;
  options: readonly (Option & { hint?: string })[];
}) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class="choice">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <span>
            {option.label}
            {option.hint && <small>{option.hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

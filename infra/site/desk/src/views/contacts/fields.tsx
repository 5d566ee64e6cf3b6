// The fields of each entry about an address.
import type { Wish } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Checkbox, Select, TextField } from "../../ui/fields";
import { type Draft, lastDay, SAFE_DAYS, WISH_DAYS } from "./entry";

interface FieldsProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
}

const WISHES: readonly Wish[] = ["no_text", "no_email", "ask_first", "never", "ok"];

export function WishFields({ draft, set }: FieldsProps) {
  const { t, word, dates, now } = useDesk();
  return (
    <div class="form-row">
      <Select
        label={t("contacts.wish")}
        value={draft.wish}
        onValue={(wish) => set({ wish: wish as Wish })}
        options={WISHES.map((wish) => ({ value: wish, label: word("contacts", wish, "wish_") }))}
      />
      {draft.wish !== "ok" && (
        <TextField
          label={t("contacts.until")}
          hint={t("contacts.wish_until_hint")}
          type="date"
          min={dates.isoDay(now())}
          max={lastDay(dates, now(), WISH_DAYS)}
          value={draft.wishUntil}
          onValue={(wishUntil) => set({ wishUntil })}
          required
        />
      )}
      <CaseField draft={draft} set={set} />
    </div>
  );
}

export function SafeFields({ draft, set }: FieldsProps) {
  const { t, dates, now } = useDesk();
  return (
    <>
      <p>{t("contacts.safe_means")}</p>
      <div class="form-row">
        <Select
          label={t("updates.way")}
          value={draft.channel}
          onValue={(channel) => set({ channel: channel as Draft["channel"] })}
          options={[
            { value: "text", label: t("updates.way_text") },
            { value: "email", label: t("updates.way_email") },
          ]}
        />
        {draft.isSafe && (
          <TextField
            label={t("contacts.until")}
            hint={t("contacts.safe_until_hint")}
            type="date"
            min={dates.isoDay(now())}
            max={lastDay(dates, now(), SAFE_DAYS)}
            value={draft.safeUntil}
            onValue={(safeUntil) => set({ safeUntil })}
            required
          />
        )}
        <CaseField draft={draft} set={set} />
      </div>
      <Checkbox
        label={t("contacts.not_safe")}
        checked={!draft.isSafe}
        onChecked={(checked) => set({ isSafe: !checked })}
      />
    </>
  );
}

export function RevocationFields({ draft, set }: FieldsProps) {
  const { t, word, dates, now } = useDesk();
  return (
    <div class="form-row">
      <Select
        label={t("contacts.scope")}
        value={draft.scope}
        onValue={(scope) => set({ scope: scope as Draft["scope"] })}
        options={(["all", "class", "case"] as const).map((one) => ({
          value: one,
          label: t(`contacts.scope_${one}`),
        }))}
      />
      {draft.scope === "class" && (
        <Select
          label={t("contacts.class")}
          value={draft.class}
          onValue={(kind) => set({ class: kind })}
          options={["emergency_service", "case_information", "survey"].map((one) => ({
            value: one,
            label: word("contacts", one, "class_"),
          }))}
        />
      )}
      {draft.scope === "case" && (
        <TextField
          label={t("contacts.case_number")}
          value={draft.revokedCase}
          onValue={(revokedCase) => set({ revokedCase })}
          required
        />
      )}
      <TextField
        label={t("contacts.received_at")}
        hint={t("contacts.received_at_hint")}
        type="datetime-local"
        max={dates.toLocal(now())}
        value={draft.receivedAt}
        onValue={(receivedAt) => set({ receivedAt })}
        required
      />
    </div>
  );
}

function CaseField({ draft, set }: FieldsProps) {
  const { t } = useDesk();
  return (
    <TextField
      label={t("contacts.for_case")}
      hint={t("contacts.for_case_hint")}
      value={draft.caseNumber}
      onValue={(caseNumber) => set({ caseNumber })}
    />
  );
}

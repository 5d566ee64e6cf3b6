// What went wrong, in plain words: the API's own where it gave any, and what to do about it.
import type { ApiError } from "../api/errors";
import { useDesk } from "../shell/desk";

interface TroubleProps {
  error: ApiError;
  retry?: () => void;
  /** What stands below is from before. */
  isOld?: boolean;
}

export function Trouble({ error, retry, isOld = false }: TroubleProps) {
  const { t } = useDesk();
  const { detail, errors = [] } = error.problem;
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        <strong>{t(`common.trouble_${error.trouble}`)}</strong>
        {isOld && ` ${t("common.is_old")}`}
      </p>
      {detail !== undefined && detail !== "see errors" && <p>{detail}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map((fault) => (
            <li key={fault.pointer + fault.detail}>
              {fault.pointer !== "" && <code>{fault.pointer.replace(/^\//, "")}</code>} {fault.detail}
            </li>
          ))}
        </ul>
      )}
      {retry && error.isUnsure && error.trouble !== "signed_out" && (
        <button type="button" onClick={retry}>
          {t("common.again")}
        </button>
      )}
    </div>
  );
}

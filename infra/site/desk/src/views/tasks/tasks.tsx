// What a person has to do because no message may or can: the most urgent first, each with the words that end it.
import { useState } from "preact/hooks";
import type { Tasks as List, Task } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { Choices, Select } from "../../ui/fields";
import { Empty, Page } from "../../ui/page";
import { Loaded, useFresh, useResource } from "../../ui/resource";
import { More } from "../updates/more";
import { TaskCard } from "./card";

export default function Tasks(_: ViewProps) {
  const { api, t } = useDesk();
  const [which, setWhich] = useState("open");
  const [owner, setOwner] = useState("");
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set());
  const query = { limit: "100" };
  const list = useResource("tasks", (signal) => api.get<List>("/v1/tasks", query, signal));
  useFresh(list.reload);
  const isShown = (task: Task) =>
    (which !== "overdue" || task.overdue) && (owner === "" || task.owner === owner);
  const end = (task: Task) => setEnded((before) => new Set(before).add(task.id));
  const cards = (tasks: readonly Task[]) => (
    <ol class="tasks">
      {tasks.filter(isShown).map((task) => (
        <li key={task.id}>
          <TaskCard task={task} isEnded={ended.has(task.id)} onEnded={() => end(task)} />
        </li>
      ))}
    </ol>
  );
  return (
    <Page
      title={t("tasks.title")}
      tab={t("tasks.title")}
      lead={t("tasks.lead")}
      actions={
        <button type="button" onClick={list.reload}>
          {t("updates.reload")}
        </button>
      }
    >
      <Loaded of={list}>
        {({ tasks, next }) => (
          <>
            <Filters tasks={tasks} which={which} owner={owner} setWhich={setWhich} setOwner={setOwner} />
            {tasks.filter(isShown).length === 0 && next === undefined ? (
              <Empty>{t(tasks.length === 0 ? "tasks.none" : "tasks.none_of_these")}</Empty>
            ) : (
              cards(tasks)
            )}
            <More next={next} load={(cursor) => api.get<List>("/v1/tasks", { ...query, cursor })}>
              {(page) => cards(page.tasks)}
            </More>
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface FiltersProps {
  tasks: readonly Task[];
  which: string;
  owner: string;
  setWhich: (which: string) => void;
  setOwner: (owner: string) => void;
}

function Filters({ tasks, which, owner, setWhich, setOwner }: FiltersProps) {
  const { t, n, word } = useDesk();
  const owners = [...new Set(tasks.map((task) => task.owner))].sort();
  const overdue = tasks.filter((task) => task.overdue).length;
  return (
    <div class="filters no-print">
      <Choices
        legend={t("tasks.which")}
        value={which}
        onValue={setWhich}
        options={[
          { value: "open", label: n("tasks.all_open", tasks.length) },
          { value: "overdue", label: n("tasks.all_overdue", overdue) },
        ]}
      />
      {owners.length > 1 && (
        <Select
          label={t("tasks.owner")}
          value={owner}
          onValue={setOwner}
          options={[
            { value: "", label: t("tasks.any_owner") },
            ...owners.map((one) => ({ value: one, label: word("shell", one, "role_") })),
          ]}
        />
      )}
    </div>
  );
}

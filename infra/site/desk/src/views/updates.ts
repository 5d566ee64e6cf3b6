// Views of updates to callers and victims: the day, one call, one case, contacts, tasks, pauses.
import type { View } from "../shell/views";

export const updatesViews: readonly View[] = [
  {
    path: "/updates",
    title: "updates.title",
    needs: ["GET /v1/updates"],
    group: "people",
    load: () => import("./updates/day"),
  },
  {
    path: "/incidents/:id",
    title: "updates.incident",
    needs: ["GET /v1/incidents/{id}/updates"],
    load: () => import("./updates/incident"),
  },
  {
    path: "/cases/:number",
    title: "updates.case",
    needs: ["GET /v1/cases/{number}/updates"],
    load: () => import("./updates/case"),
  },
  {
    path: "/tasks",
    title: "tasks.title",
    needs: ["GET /v1/tasks"],
    group: "people",
    load: () => import("./tasks/tasks"),
  },
  {
    path: "/contacts",
    title: "contacts.title",
    needs: ["POST /v1/contacts/search"],
    group: "people",
    load: () => import("./contacts/contacts"),
  },
  {
    path: "/pause",
    title: "updates.pause_title",
    needs: ["POST /v1/pause"],
    group: "people",
    load: () => import("./updates/pause"),
  },
];

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
];

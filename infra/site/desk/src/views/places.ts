// Views of places and of the system's work: patrol, statistics, nights, policy.
import type { View } from "../shell/views";

export const placesViews: readonly View[] = [
  {
    path: "/patrol",
    title: "places.patrol",
    needs: ["GET /v1/patrol/{date}"],
    group: "places",
    load: () => import("./patrol/patrol"),
  },
  {
    path: "/statistics",
    title: "places.statistics",
    needs: ["GET /v1/statistics/{date}"],
    group: "places",
    load: () => import("./statistics/statistics"),
  },
  {
    path: "/nights",
    title: "places.nights",
    needs: ["GET /v1/nights"],
    group: "system",
    load: () => import("./nights/nights"),
  },
  {
    path: "/policy",
    title: "places.policy",
    needs: ["GET /v1/policy"],
    group: "system",
    load: () => import("./policy/policy"),
  },
];

// Views of officers: alerts, records, the own page, reports.
import type { View } from "../shell/views";

export const officersViews: readonly View[] = [
  {
    path: "/me",
    title: "officers.me",
    // First, so that an officer who signs in is at home there. Of the role officer alone: to a supervisor the API shows the
    // records of others, not the own one.
    needs: ["POST /v1/alerts/{id}/statement"],
    group: "officers",
    load: () => import("./officers/me"),
  },
  {
    path: "/alerts",
    title: "officers.alerts",
    needs: ["GET /v1/alerts"],
    group: "officers",
    load: () => import("./alerts/inbox"),
  },
  {
    path: "/alerts/:id",
    title: "officers.alert",
    needs: ["GET /v1/alerts/{id}"],
    load: () => import("./alerts/alert"),
  },
  {
    path: "/officers",
    title: "officers.officers",
    needs: ["GET /v1/officers"],
    group: "officers",
    load: () => import("./officers/list"),
  },
  {
    path: "/officers/:id",
    title: "officers.officer",
    needs: ["GET /v1/officers/{id}"],
    load: () => import("./officers/officer"),
  },
  {
    path: "/reports",
    title: "officers.reports",
    needs: ["GET /v1/reports/{name}"],
    group: "officers",
    load: () => import("./reports/report"),
  },
  {
    path: "/reports/:name",
    title: "officers.reports",
    needs: ["GET /v1/reports/{name}"],
    load: () => import("./reports/report"),
  },
];

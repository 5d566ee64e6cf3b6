// Views of officers: alerts, records, the own page.
import type { View } from "../shell/views";

export const officersViews: readonly View[] = [];

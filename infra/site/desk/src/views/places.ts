// Views of places and of the system's work: patrol, statistics, nights, policy.
import type { View } from "../shell/views";

export const placesViews: readonly View[] = [];

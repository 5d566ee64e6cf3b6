// A span of minutes as people say it: 10 min, 14 hr, 3 days.

export function span(minutes: number, language: string): string {
  const [size, unit] =
    minutes % 1440 === 0 && minutes > 1440
      ? [minutes / 1440, "day"]
      : minutes % 60 === 0 && minutes >= 60
        ? [minutes / 60, "hour"]
        : [minutes, "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(size);
}

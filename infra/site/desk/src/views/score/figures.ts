// Figures in the reader's language, with a true minus sign; a contribution always says whether it adds or takes away.

export interface Figures {
  /** `2.53` */
  plain(value: number, digits?: number): string;
  /** `+0.82`, `−0.01` */
  signed(value: number, digits?: number): string;
  /** `98.3 %` of a share. */
  percent(share: number, digits?: number): string;
}

export function figures(language: string): Figures {
  const format = (value: number, digits: number) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
      .format(Math.abs(value))
      .replace("-", "");
  const isZero = (value: number, digits: number) => Math.abs(value) < 0.5 / 10 ** digits;
  return {
    plain: (value, digits = 2) => (value < 0 && !isZero(value, digits) ? "−" : "") + format(value, digits),
    signed: (value, digits = 2) =>
      isZero(value, digits) ? format(0, digits) : (value < 0 ? "−" : "+") + format(value, digits),
    percent: (share, digits = 0) => `${format(share * 100, digits)}\u00a0%`,
  };
}

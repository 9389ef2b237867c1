// Texts for numbers, sizes and times.

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** "1.4 MiB"; three digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? ""}`;
}

// Made once: a list formats many, and making one takes as long as a hundred texts.
const number = new Intl.NumberFormat("en");
const exactTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });

export const formatNumber = (value: number) => number.format(value);

/** "1 file", "3,000 files". */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}

const steps: [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3600, "minute"],
  [86_400, "hour"],
  [86_400 * 30, "day"],
  [86_400 * 365, "month"],
  [Infinity, "year"],
];
const lengths: Partial<Record<Intl.RelativeTimeFormatUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 86_400 * 30,
  year: 86_400 * 365,
};
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 hours ago"; `time` and `now` in seconds since 1970. */
export function formatAge(time: number, now: number): string {
  const seconds = time - now;
  if (Math.abs(seconds) < 10) return "just now";
  for (const [limit, unit] of steps) {
    if (Math.abs(seconds) < limit) return relative.format(Math.trunc(seconds / (lengths[unit] ?? 1)), unit);
  }
  return "";
}

/** The exact time in the user's zone. */
export const formatTime = (time: number) => exactTime.format(time * 1000);

/** "2 min 5 s" */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export const shortId = (id: string) => id.slice(0, 12);

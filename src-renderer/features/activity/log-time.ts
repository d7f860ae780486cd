const formatters = new Map<string, Intl.DateTimeFormat>();

/** Made once per language: making a formatter takes far longer than using it, and a log uses it on every row. */
function formatter(language: string, isToday: boolean): Intl.DateTimeFormat {
  const key = `${language} ${isToday}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(
    language,
    isToday
      ? { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' }
      : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  );
  formatters.set(key, made);
  return made;
}

/** Time of a row, to the millisecond on the day of `nowMs`, with its date on others. */
export function formatLogTime(at: string, nowMs: number, language: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(nowMs).toDateString();
  return formatter(language, isToday).format(date);
}

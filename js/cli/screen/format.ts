// Figures as people read them.

const whole = new Intl.NumberFormat("en-US");

/** 5574 as "5,574". */
export function count(n: number): string {
  return whole.format(n);
}

/** 1 as "1 request", 5574 as "5,574 requests". */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** US dollars: cents, and as many digits below a cent as say something. */
export function dollars(usd: number | null): string {
  if (usd === null) return "unknown";
  if (usd === 0 || usd >= 1)
    return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumSignificantDigits: 3 })}`;
}

/** The same of a bound, never below it: what is shown can be given as a limit. */
export function dollarsAtMost(usd: number | null): string {
  if (usd === null || usd === 0) return dollars(usd);
  const grain = usd >= 1 ? 0.01 : 10 ** (Math.floor(Math.log10(usd)) - 2);
  // Requests are bounded one by one, each a little above what it is: a sum of them is, too.
  return dollars(Math.ceil((usd * (1 + 1e-6)) / grain) * grain);
}

/** Millions of tokens from a million on. */
export function tokens(n: number): string {
  return n < 1_000_000 ? count(n) : `${(n / 1_000_000).toFixed(2)} M`;
}

/** 1234567 as "1.2 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${(n / 1000).toFixed(1)} kB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}

/** A length of time: "0.8 s", "42 s", "6 m 10 s", "1 h 12 m". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

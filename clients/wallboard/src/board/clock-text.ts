/** Lengths of time as a clock shows them. */

/** `m:ss`, from one hour on `h:mm:ss`. A negative length is shown as none. */
export function durationText(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = pad(total % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** Time left until `at`, never less than none; the last second counts down to 0:00 and not past it. */
export function countdownText(at: number, now: number): string {
  return durationText(Math.ceil((at - now) / 1000) * 1000);
}

/** For how long a status has lasted; empty for an agent who was never seen (`since` 0). */
export function sinceText(since: number, now: number): string {
  return since === 0 ? '' : durationText(now - since);
}

/** A limit, before and after it: `4:10 left`, `over by 1:05`. */
export function deadlineText(deadline: number, now: number): string {
  return now < deadline ? `${countdownText(deadline, now)} left` : `over by ${durationText(now - deadline)}`;
}

/** The time of day, in the reader's own time zone. */
export function timeOfDay(at: number, { seconds = true }: { readonly seconds?: boolean } = {}): string {
  const date = new Date(at);
  const text = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return seconds ? `${text}:${pad(date.getSeconds())}` : text;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

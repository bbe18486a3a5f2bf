import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import { Wordmark } from '../parts/wordmark.tsx';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import type { Failure } from './failure.ts';
import { logInMessage } from './log-in-message.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

export interface LogInPageProps {
  readonly why: 'never in' | 'left' | 'ended';
  /** @returns why not, or null. */
  readonly onLogIn: (username: string, password: string) => Promise<Failure | null>;
}

const GREETINGS: Readonly<Record<LogInPageProps['why'], string | null>> = {
  'never in': null,
  left: 'You are logged out.',
  ended: 'Your session has ended. Please log in again.',
};

export function LogInPage({ why, onLogIn }: LogInPageProps) {
  const id = useId();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isTrying, setTrying] = useState(false);
  const waitS = useSecondsLeft(failure?.code === 'RATE_LIMITED' ? failure : null);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);

  const logIn = async (username: string, password: string) => {
    setTrying(true);
    const refusal =
      username.trim() === '' || password === ''
        ? ({ code: 'VALIDATION', message: '', retryAfterMs: null } as const)
        : await onLogIn(username.trim(), password);
    if (refusal === null) return;
    setFailure(refusal);
    setTrying(false);
    const field = username.trim() === '' ? nameField : passwordField;
    field.current?.focus();
    field.current?.select();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isTrying || waitS > 0) return;
    const given = new FormData(event.currentTarget);
    void logIn(text(given, 'username'), text(given, 'password'));
  };

  return (
    <main className="log-in">
      <title>Log in · Rollcall</title>
      <form className="log-in-card" aria-labelledby={`${id}-title`} noValidate onSubmit={submit}>
        <Wordmark />
        <h1 id={`${id}-title`}>Log in</h1>
        {failure === null && GREETINGS[why] !== null && <p role="status">{GREETINGS[why]}</p>}
        <label htmlFor={`${id}-username`}>User name</label>
        <input
          ref={nameField}
          id={`${id}-username`}
          name="username"
          type="text"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={255}
          required
          aria-describedby={`${id}-failure`}
          aria-invalid={failure?.code === 'UNAUTHENTICATED'}
        />
        <label htmlFor={`${id}-password`}>Password</label>
        <input
          ref={passwordField}
          id={`${id}-password`}
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={1024}
          required
          aria-describedby={`${id}-failure`}
          aria-invalid={failure?.code === 'UNAUTHENTICATED'}
        />
        <p id={`${id}-failure`} className="log-in-failure" role="alert" data-failure={failure?.code}>
          {/* Says the whole wait once; the seconds run on the button, where nobody is interrupted by them. */}
          {failure !== null && logInMessage(failure, waitS > 0 ? waitOf(failure) : 0)}
        </p>
        <button type="submit" className="button button-main" disabled={isTrying || waitS > 0}>
          {isTrying ? 'Logging in…' : waitS > 0 ? `Log in (in ${waitS} s)` : 'Log in'}
        </button>
      </form>
      <ThemeToggle />
    </main>
  );
}

function waitOf({ retryAfterMs }: Failure): number {
  return Math.ceil((retryAfterMs ?? 0) / 1000);
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

import type { Failure } from './failure.ts';

/** What the log-in page says of a log-in that failed. `waitS` is what is left of the wait that the server asked for. */
export function logInMessage({ code }: Failure, waitS = 0): string {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 'User name or password is wrong.';
    case 'RATE_LIMITED':
      return waitS > 0
        ? `Too many failed tries. You can try again in ${waitS}\u00a0s.`
        : 'Too many failed tries before. You can try again now.';
    case 'VALIDATION':
      return 'Please enter your user name and your password.';
    case 'FORBIDDEN':
      return 'This user may not log in here.';
    case 'PASSWORD_CHANGE_REQUIRED':
      return 'Your password has to be changed first. Please ask your administrator.';
    case 'OVERLOADED':
    case 'UNAVAILABLE':
    case 'JOURNAL_FAILED':
      return 'The server cannot take log-ins at the moment. Please try again shortly.';
    case 'UNREACHABLE':
      return 'The server cannot be reached. Please check the network and try again.';
    case 'INTERNAL':
    case 'NOT_FOUND':
    case 'CONFLICT':
    case 'NOT_CONNECTED':
    case 'TRANSITION_NOT_ALLOWED':
    case 'REASON_REQUIRED':
    case 'UNKNOWN_STATUS':
      return 'Something went wrong on the server. Please try once more, then tell your administrator.';
  }
}

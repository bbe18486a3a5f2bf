import { expect } from 'vitest';
import { type ErrorCode, type ErrorDetail, ERRORS } from '../../api/contract/errors.ts';

interface Shape {
  readonly message: string;
  readonly data: { readonly code: string; readonly httpStatus: number; readonly rollcall: ErrorDetail };
}

/** What a tRPC answer says: results and errors of one call, or of each of a batch. */
interface Envelope {
  readonly error?: { readonly json: Shape };
}

/** The error of a tRPC answer over HTTP. Fails where it is none of the closed table, with that table's codes. */
export async function refusalOf(response: Response): Promise<ErrorDetail> {
  const answers = [(await response.json()) as Envelope | readonly Envelope[]].flat();
  const [first] = answers.map((answer) => judged(answer));
  if (first === undefined) throw new Error('the answer is empty');
  expect(response.status).toBe(ERRORS[first.code].http);
  return first;
}

/** As `refusalOf`, of a frame of a WebSocket. */
export function refusalIn(frame: object): ErrorDetail {
  return judged(frame);
}

function judged({ error }: Envelope): ErrorDetail {
  if (error === undefined) throw new Error('the call was not refused');
  const { data } = error.json;
  const { trpc, http } = ERRORS[data.rollcall.code];
  expect({ code: data.code, httpStatus: data.httpStatus }).toEqual({ code: trpc, httpStatus: http });
  expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:|SELECT|INSERT/);
  return data.rollcall;
}

/** The code with which a call of a typed client is refused; `answered` where it isn't. */
export async function codeOf(call: Promise<unknown>): Promise<ErrorCode | 'answered'> {
  try {
    await call;
    return 'answered';
  } catch (error) {
    const { data } = error as { data?: Shape['data'] };
    if (data === undefined) throw error;
    return data.rollcall.code;
  }
}

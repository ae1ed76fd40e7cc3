export interface FieldError {
  field: string;
  reason: string;
  detail?: string;
}

/** An answer of the gateway (RFC 9457), or a failure on the way to it, in one shape. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 where no answer came */
    readonly status: number,
    /** snake_case code: the gateway's, or `offline`, `timeout`, `unexpected` */
    readonly reason: string,
    readonly detail: string = '',
    readonly errors: FieldError[] = [],
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail || reason);
    this.name = 'Problem';
  }

  get offline(): boolean {
    return this.reason === 'offline';
  }

  /** Whether the same call may succeed later without any change. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Reads the body of an answer that is not 2xx. */
export function problemOf(status: number, body: string, retryAfter: string | null): Problem {
  let parsed: { reason?: string; detail?: string; title?: string; errors?: FieldError[] } = {};
  try {
    const json: unknown = JSON.parse(body);
    if (json !== null && typeof json === 'object') parsed = json;
  } catch {
    // a proxy's HTML page: the status says enough
  }
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  return new Problem(
    status,
    parsed.reason ?? reasonOfStatus(status),
    parsed.detail ?? parsed.title ?? '',
    Array.isArray(parsed.errors) ? parsed.errors : [],
    Number.isFinite(seconds) ? seconds : null,
  );
}

function reasonOfStatus(status: number): string {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 413:
      return 'too_large';
    case 429:
      return 'too_many_requests';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return 'unexpected';
  }
}

/** Anything thrown, as a Problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(0, 'unexpected', thrown instanceof Error ? thrown.message : String(thrown));
}

import { Problem, problemOf } from './problem';
import type {
  Gender,
  Page,
  PageConfig,
  Result,
  Session,
  Share,
  Survey,
  Template,
  User,
  VariantName,
  VoiceRequest,
} from './types';

const BASE = '/api/v1';

/**
 * The session lives in an HttpOnly cookie that no script can read; this header, which another site's form cannot send,
 * is what makes the gateway accept the cookie for anything that changes state.
 */
const CLIENT_HEADER = { 'X-V2F-Client': 'web' };

interface Hooks {
  /** Called when an answer says that the session is over; resolves true once there is a new one. */
  signInAgain: () => Promise<boolean>;
  /** Called when an answer says that the operator has closed the service for a while. */
  maintenance: () => void;
}

const hooks: Hooks = { signInAgain: async () => false, maintenance: () => undefined };

export function setHooks(given: Hooks): void {
  Object.assign(hooks, given);
}

interface CallOptions {
  method?: string;
  json?: unknown;
  headers?: Record<string, string>;
  /** false: an answer of 401 is the caller's business (logging in, asking who one is) */
  resume?: boolean;
  signal?: AbortSignal;
}

async function send(path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    ...CLIENT_HEADER,
    ...options.headers,
  };
  let body: string | undefined;
  if (options.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  try {
    return await fetch(BASE + path, {
      method: options.method ?? 'GET',
      headers,
      body,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: options.signal,
    });
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new Problem(0, 'offline');
  }
}

async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  let response = await send(path, options);
  if (response.status === 401 && options.resume !== false && (await hooks.signInAgain())) {
    response = await send(path, options);
  }
  if (!response.ok) throw await failed(response);
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function failed(response: Response): Promise<Problem> {
  const body = await response.text().catch(() => '');
  const problem = problemOf(response.status, body, response.headers.get('retry-after'));
  if (problem.reason === 'maintenance') hooks.maintenance();
  return problem;
}

export interface NewRequest {
  voice: Blob;
  voiceName: string;
  age: number;
  gender: Gender;
  skinTone: number | null;
  gifPreview: boolean;
  templateId: string | null;
  target: Blob | null;
  targetName: string;
}

/**
 * Uploads a request. XMLHttpRequest because fetch does not tell how far an upload has come.
 *
 * @param key idempotency key: the same for every try at the same request, so that a lost answer makes no second one
 */
export async function createRequest(
  request: NewRequest,
  key: string,
  onProgress: (part: number) => void,
): Promise<VoiceRequest> {
  try {
    return await upload(request, key, onProgress);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401 && (await hooks.signInAgain())) {
      return upload(request, key, onProgress);
    }
    throw problem;
  }
}

function upload(request: NewRequest, key: string, onProgress: (part: number) => void): Promise<VoiceRequest> {
  const form = new FormData();
  form.append('age', String(request.age));
  form.append('gender', request.gender);
  if (request.skinTone !== null) form.append('skinTone', String(request.skinTone));
  if (request.gifPreview) form.append('gifPreview', 'true');
  if (request.templateId !== null) form.append('template', request.templateId);
  form.append('voice', request.voice, request.voiceName);
  if (request.target !== null) form.append('target', request.target, request.targetName);
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `${BASE}/requests`);
    for (const [name, value] of Object.entries(CLIENT_HEADER)) xhr.setRequestHeader(name, value);
    xhr.setRequestHeader('Idempotency-Key', key);
    xhr.setRequestHeader('Accept', 'application/json');
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(JSON.parse(xhr.responseText) as VoiceRequest);
        return;
      }
      const problem = problemOf(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after'));
      if (problem.reason === 'maintenance') hooks.maintenance();
      reject(problem);
    };
    xhr.onerror = () => reject(new Problem(0, 'offline'));
    xhr.ontimeout = () => reject(new Problem(0, 'offline'));
    xhr.send(form);
  });
}

const result = (requestId: string, resultId: string) => `/requests/${requestId}/results/${resultId}`;

export const api = {
  config: () => call<PageConfig>('/config', { resume: false }),

  logIn: (email: string, password: string) =>
    call<Session>('/tokens', { method: 'POST', json: { email, password }, resume: false }),
  guest: (consentVersion: string) =>
    call<Session>('/tokens/guest', {
      method: 'POST',
      json: { consent: { version: consentVersion } },
      resume: false,
    }),
  logOut: () => call<void>('/tokens/current', { method: 'DELETE', resume: false }),
  /** With a guest's session this turns the guest into the account, requests included. */
  join: (account: {
    email: string;
    password: string;
    age?: number;
    gender?: Gender;
    consent: { version: string };
  }) => call<unknown>('/users', { method: 'POST', json: account, resume: false }),
  me: (resume = false) => call<User>('/users/me', { resume }),
  changeMe: (change: Partial<{ age: number; gender: Gender }>) =>
    call<User>('/users/me', { method: 'PATCH', json: change }),
  /** Ends every session of the account, this one included. */
  changePassword: (currentPassword: string, newPassword: string) =>
    call<void>('/users/me/password', {
      method: 'POST',
      json: { currentPassword, newPassword },
      resume: false,
    }),
  deleteMe: () => call<void>('/users/me', { method: 'DELETE' }),

  templates: () => call<Template[]>('/templates', { resume: false }),

  requests: (cursor: string | null, limit: number) =>
    call<Page<VoiceRequest>>(
      `/requests?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    ),
  request: (id: string) => call<VoiceRequest>(`/requests/${id}`),
  deleteRequest: (id: string) => call<void>(`/requests/${id}`, { method: 'DELETE' }),
  cancel: (id: string) => call<VoiceRequest | undefined>(`/requests/${id}/cancel`, { method: 'POST' }),
  regenerate: (id: string, key: string) =>
    call<Result>(`/requests/${id}/results`, { method: 'POST', headers: { 'Idempotency-Key': key } }),

  rate: (requestId: string, resultId: string, variant: VariantName, stars: number) =>
    call<void>(`${result(requestId, resultId)}/${variant}/rating`, { method: 'PUT', json: { stars } }),
  survey: (requestId: string, resultId: string, survey: Survey) =>
    call<void>(`${result(requestId, resultId)}/survey`, { method: 'PUT', json: survey }),

  share: (requestId: string, resultId: string, expiresInHours: number) =>
    call<Share>(`${result(requestId, resultId)}/share`, { method: 'POST', json: { expiresInHours } }),
  shares: (requestId: string, resultId: string) =>
    call<Share[] | Page<Share>>(`${result(requestId, resultId)}/share`).then((answer) =>
      Array.isArray(answer) ? answer : answer.items,
    ),
  revokeShare: (requestId: string, resultId: string, shareId: string) =>
    call<void>(`${result(requestId, resultId)}/share/${shareId}`, { method: 'DELETE' }),
  shared: (token: string) => call<Result>(`/shared/${encodeURIComponent(token)}`, { resume: false }),
};

export const EXPORT_URL = `${BASE}/users/me/export`;

/** The clip or picture as it was before. */
export function targetUrl(requestId: string): string {
  return `${BASE}/requests/${requestId}/target`;
}

export function templatePosterUrl(templateId: string): string {
  return `${BASE}/templates/${encodeURIComponent(templateId)}/poster.jpg`;
}

/** The same media, answered so that the browser saves it under a good name instead of showing it. */
export function downloadUrl(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}download=true`;
}

export function eventsUrl(requestId: string): string {
  return `${BASE}/requests/${requestId}/events`;
}

/** Shapes of the gateway's HTTP API, as its OpenAPI document describes them. */

export type Gender = 'female' | 'male';
export type VariantName = 'voice' | 'condition';
export const VARIANTS: readonly VariantName[] = ['voice', 'condition'];

export type JobState =
  | 'QUEUED'
  | 'ANALYSING'
  | 'GENERATING'
  | 'SWAPPING'
  | 'STORING'
  | 'SUCCEEDED'
  | 'PARTIAL'
  | 'FAILED'
  | 'REJECTED'
  | 'CANCELLED';

export type Stage = 'ANALYSING' | 'GENERATING' | 'SWAPPING' | 'STORING';

const FINAL: ReadonlySet<JobState> = new Set(['SUCCEEDED', 'PARTIAL', 'FAILED', 'REJECTED', 'CANCELLED']);

/** True for the states that nothing leads out of. */
export function isFinal(state: JobState): boolean {
  return FINAL.has(state);
}

export interface User {
  id: string;
  email: string | null;
  guest: boolean;
  age: number | null;
  gender: Gender | null;
  consent: { version: string; at: string } | null;
  createdAt: string;
  quota: { limit: number; used: number };
}

export interface Session {
  expiresIn: number;
  user?: User;
}

export interface Template {
  id: string;
  name: { en: string; ko: string };
  gender: Gender;
  width: number;
  height: number;
  seconds: number;
  clipUrl: string;
  posterUrl: string;
}

export interface Media {
  url: string;
  contentType: string;
}

export interface Clip extends Media {
  width: number;
  height: number;
  frames: number;
  durationSeconds: number;
}

export interface Failure {
  reason: string;
  message: string;
  details?: Record<string, unknown>;
}

export interface VariantResult {
  state: 'PENDING' | 'FACE_READY' | 'DONE' | 'FAILED';
  age: number | null;
  gender: Gender | null;
  face: Media | null;
  clip: Clip | null;
  gif: { url: string } | null;
  poster: { url: string } | null;
  rating: number | null;
  models: { kind: string; id: string; version: string; provider: string }[];
  timings: { step: string; seconds: number }[];
  failure: Failure | null;
}

export interface VoiceAnalysis {
  speechSeconds: number;
  femaleProbability: number;
  genderCertain: boolean;
  medianF0Hz: number;
  p10F0Hz: number;
  p90F0Hz: number;
  under30: number;
  from30To49: number;
  over49: number;
  ageEstimate: number;
  hints: string[];
}

export interface Result {
  id: string;
  requestId: string;
  attempt: number;
  state: JobState;
  createdAt: string;
  completedAt: string | null;
  voiceAnalysis: VoiceAnalysis | null;
  variants: Record<VariantName, VariantResult>;
  survey: Survey | null;
  failure: Failure | null;
}

export interface Progress {
  resultId?: string;
  stage: Stage;
  variant: VariantName | null;
  done: number;
  total: number;
  remainingSeconds: number | null;
}

export interface VoiceRequest {
  id: string;
  state: JobState;
  createdAt: string;
  updatedAt: string;
  age: number;
  gender: Gender;
  skinTone: number | null;
  gifPreview: boolean;
  target: { kind: 'template' | 'upload'; templateId: string | null; contentType: string };
  voice: Media;
  progress: Progress | null;
  failure: Failure | null;
  results: Result[];
  latestResultId: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Share {
  id: string;
  /** only in the answer that made the link */
  url: string | null;
  expiresAt: string;
}

export interface PageConfig {
  maintenance: boolean;
  limits: { voiceBytes: number; voiceSeconds: number; targetBytes: number; targetSeconds: number };
  quota: number;
  consentVersion: string;
  languages: string[];
}

export const SNS_TIMES = ['none', 'under_1h', '1h_to_3h', 'over_3h'] as const;
export const REASONS = [
  'curiosity',
  'hide_face',
  'make_content',
  'interest_in_ai',
  'recommended',
  'other',
] as const;
export const DISSATISFACTIONS = [
  'wrong_gender',
  'wrong_age',
  'not_like_voice',
  'unnatural',
  'low_quality',
  'not_my_taste',
  'other',
] as const;
export const CLIP_KINDS = [
  'talking',
  'singing',
  'dancing',
  'film_scene',
  'vlog',
  'sports',
  'animation',
  'other',
] as const;
export const WAITING_IMPROVEMENTS = [
  'faster',
  'remaining_time',
  'notification',
  'something_to_do',
  'partial_results',
  'other',
] as const;

export interface Survey {
  contact?: string | null;
  contactKind?: 'phone' | 'email' | null;
  snsTime: (typeof SNS_TIMES)[number];
  reasons: string[];
  voiceToFaceRating: number;
  dissatisfaction?: string[];
  wishedFunctions?: string | null;
  faceToClipRating: number;
  moreClips: boolean;
  clipKinds?: string[];
  waitingTimeRating: number;
  waitingImprovements?: string[];
  recommend: boolean;
  opinion?: string | null;
}

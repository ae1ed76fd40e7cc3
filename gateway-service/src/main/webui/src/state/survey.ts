import type { Survey } from '../api/types';

/** Answers as the form holds them; null is not answered yet. */
export interface SurveyDraft {
  contact: string;
  snsTime: Survey['snsTime'] | null;
  reasons: string[];
  voiceToFaceRating: number | null;
  dissatisfaction: string[];
  wishedFunctions: string;
  faceToClipRating: number | null;
  moreClips: boolean | null;
  clipKinds: string[];
  waitingTimeRating: number | null;
  waitingImprovements: string[];
  recommend: boolean | null;
  opinion: string;
}

export type SurveyQuestion = keyof SurveyDraft;

export function emptySurvey(known: Survey | null): SurveyDraft {
  return {
    contact: known?.contact ?? '',
    snsTime: known?.snsTime ?? null,
    reasons: known?.reasons ?? [],
    voiceToFaceRating: known?.voiceToFaceRating ?? null,
    dissatisfaction: known?.dissatisfaction ?? [],
    wishedFunctions: known?.wishedFunctions ?? '',
    faceToClipRating: known?.faceToClipRating ?? null,
    moreClips: known?.moreClips ?? null,
    clipKinds: known?.clipKinds ?? [],
    waitingTimeRating: known?.waitingTimeRating ?? null,
    waitingImprovements: known?.waitingImprovements ?? [],
    recommend: known?.recommend ?? null,
    opinion: known?.opinion ?? '',
  };
}

/** A rating this low asks what was wrong. */
export function low(rating: number | null): boolean {
  return rating !== null && rating <= 2;
}

const EMAIL = /^\S+@\S+\.\S+$/;
const PHONE = /^\+?[\d\s().-]{7,20}$/;

/** Questions without a usable answer, in the order of the page. */
export function openQuestions(draft: SurveyDraft): SurveyQuestion[] {
  const open: SurveyQuestion[] = [];
  const contact = draft.contact.trim();
  if (contact !== '' && !EMAIL.test(contact) && !PHONE.test(contact)) open.push('contact');
  if (draft.snsTime === null) open.push('snsTime');
  if (draft.reasons.length === 0) open.push('reasons');
  if (draft.voiceToFaceRating === null) open.push('voiceToFaceRating');
  if (low(draft.voiceToFaceRating) && draft.dissatisfaction.length === 0) open.push('dissatisfaction');
  if (draft.faceToClipRating === null) open.push('faceToClipRating');
  if (draft.moreClips === null) open.push('moreClips');
  if (draft.moreClips === true && draft.clipKinds.length === 0) open.push('clipKinds');
  if (draft.waitingTimeRating === null) open.push('waitingTimeRating');
  if (low(draft.waitingTimeRating) && draft.waitingImprovements.length === 0)
    open.push('waitingImprovements');
  if (draft.recommend === null) open.push('recommend');
  return open;
}

/** The survey as the gateway takes it: questions that were not asked have no answers. Only for a full draft. */
export function surveyOf(draft: SurveyDraft): Survey {
  const contact = draft.contact.trim();
  const survey: Survey = {
    snsTime: draft.snsTime!,
    reasons: draft.reasons,
    voiceToFaceRating: draft.voiceToFaceRating!,
    faceToClipRating: draft.faceToClipRating!,
    moreClips: draft.moreClips!,
    waitingTimeRating: draft.waitingTimeRating!,
    recommend: draft.recommend!,
    dissatisfaction: low(draft.voiceToFaceRating) ? draft.dissatisfaction : [],
    clipKinds: draft.moreClips ? draft.clipKinds : [],
    waitingImprovements: low(draft.waitingTimeRating) ? draft.waitingImprovements : [],
  };
  if (contact !== '') {
    survey.contact = contact;
    survey.contactKind = EMAIL.test(contact) ? 'email' : 'phone';
  }
  if (draft.wishedFunctions.trim() !== '') survey.wishedFunctions = draft.wishedFunctions.trim();
  if (draft.opinion.trim() !== '') survey.opinion = draft.opinion.trim();
  return survey;
}

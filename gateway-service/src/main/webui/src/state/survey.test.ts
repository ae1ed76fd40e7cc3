import { describe, expect, it } from 'vitest';
import { emptySurvey, openQuestions, surveyOf, type SurveyDraft } from './survey';

const full: SurveyDraft = {
  ...emptySurvey(null),
  snsTime: 'under_1h',
  reasons: ['curiosity'],
  voiceToFaceRating: 4,
  faceToClipRating: 5,
  moreClips: false,
  waitingTimeRating: 3,
  recommend: true,
};

describe('survey', () => {
  it('asks every unconditional question', () => {
    expect(openQuestions(emptySurvey(null))).toEqual([
      'snsTime',
      'reasons',
      'voiceToFaceRating',
      'faceToClipRating',
      'moreClips',
      'waitingTimeRating',
      'recommend',
    ]);
    expect(openQuestions(full)).toEqual([]);
  });

  it('asks what was wrong only after a low rating', () => {
    expect(openQuestions({ ...full, voiceToFaceRating: 2 })).toEqual(['dissatisfaction']);
    expect(openQuestions({ ...full, waitingTimeRating: 1 })).toEqual(['waitingImprovements']);
    expect(openQuestions({ ...full, moreClips: true })).toEqual(['clipKinds']);
  });

  it('leaves out answers to questions that are not asked any more', () => {
    const survey = surveyOf({
      ...full,
      dissatisfaction: ['wrong_age'],
      clipKinds: ['singing'],
      opinion: '  ',
    });
    expect(survey.dissatisfaction).toEqual([]);
    expect(survey.clipKinds).toEqual([]);
    expect(survey).not.toHaveProperty('opinion');
  });

  it('takes an e-mail or a phone number, and nothing else, as contact', () => {
    expect(openQuestions({ ...full, contact: 'me@example.com' })).toEqual([]);
    expect(openQuestions({ ...full, contact: '010-1234-5678' })).toEqual([]);
    expect(openQuestions({ ...full, contact: 'call me' })).toEqual(['contact']);
    expect(surveyOf({ ...full, contact: ' 010-1234-5678 ' })).toMatchObject({
      contact: '010-1234-5678',
      contactKind: 'phone',
    });
    expect(surveyOf(full)).not.toHaveProperty('contactKind');
  });
});

import { store, stored } from '../state/preferences.svelte';
import { en, type Texts } from './en';
import { ko } from './ko';

export type Language = 'ko' | 'en';

const TEXTS: Record<Language, Texts> = { en, ko };

export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'ko' || language === 'en') return language;
  }
  return 'en';
}

class I18n {
  language = $state<Language>('en');

  constructor() {
    const chosen = stored('v2f.language');
    this.#apply(chosen === 'ko' || chosen === 'en' ? chosen : languageOf(navigator.languages));
  }

  get t(): Texts {
    return TEXTS[this.language];
  }

  choose(language: Language): void {
    this.#apply(language);
    store('v2f.language', language);
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(value);
  }

  percent(value: number): string {
    return new Intl.NumberFormat(this.language, { style: 'percent' }).format(value);
  }

  dateTime(iso: string): string {
    // each language in the form that reads well and fits on one line of a phone
    const dateStyle = this.language === 'ko' ? 'long' : 'medium';
    return new Intl.DateTimeFormat(this.language, { dateStyle, timeStyle: 'short' }).format(new Date(iso));
  }

  date(iso: string): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'long' }).format(new Date(iso));
  }

  /** `3 minutes ago` */
  ago(iso: string, now: number = Date.now()): string {
    const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
    const format = new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' });
    const steps: [Intl.RelativeTimeFormatUnit, number][] = [
      ['day', 86_400],
      ['hour', 3600],
      ['minute', 60],
    ];
    for (const [unit, size] of steps) {
      if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
    }
    return this.t.common.justNow;
  }

  #apply(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
  }
}

export const i18n = new I18n();

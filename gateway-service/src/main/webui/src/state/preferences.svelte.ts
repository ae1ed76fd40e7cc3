export type Theme = 'auto' | 'light' | 'dark';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off: preferences last as long as the page
  }
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

class Preferences {
  theme = $state<Theme>('auto');

  constructor() {
    const theme = stored('v2f.theme');
    if (theme === 'light' || theme === 'dark') this.#apply(theme);
  }

  setTheme(theme: Theme): void {
    this.#apply(theme);
    store('v2f.theme', theme === 'auto' ? null : theme);
  }

  #apply(theme: Theme): void {
    this.theme = theme;
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

export const preferences = new Preferences();
export { stored, store };

const PEAKS = 'v2f.peaks.';

/** Remembers the picture of a voice, so that the waiting page can show it without fetching the recording. */
export function rememberPeaks(requestId: string, peaks: number[]): void {
  store(PEAKS + requestId, peaks.map((peak) => Math.round(peak * 35).toString(36)).join(''));
}

export function peaksOfRequest(requestId: string): number[] | null {
  const text = stored(PEAKS + requestId);
  return text ? [...text].map((digit) => parseInt(digit, 36) / 35) : null;
}

export function forgetPeaks(requestId: string): void {
  store(PEAKS + requestId, null);
}

/** Everything this browser remembers about a person's requests. */
export function forgetAllPeaks(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PEAKS)) localStorage.removeItem(key);
  } catch {
    // nothing was kept either
  }
}

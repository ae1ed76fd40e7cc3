import { untrack } from 'svelte';

/** What the page says to a screen reader when nothing that has the focus changes. */
class Announcer {
  polite = $state('');
  /** shown for a moment to everybody */
  toast = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    // the same sentence twice is only read twice if the text changes
    // (untracked: an effect that says something must not run again because of it)
    this.polite = untrack(() => this.polite) === text ? `${text}\u00a0` : text;
  }

  show(text: string): void {
    this.toast = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.toast = ''), 5000);
  }
}

export const announcer = new Announcer();

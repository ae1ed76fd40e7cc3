import { api, setHooks } from '../api/client';
import { asProblem, Problem } from '../api/problem';
import type { PageConfig, User } from '../api/types';

/** Who is here, what the operator allows, and whether the service is open. */
class SessionState {
  user = $state.raw<User | null>(null);
  config = $state.raw<PageConfig | null>(null);
  /** false until it is known whether somebody is logged in */
  known = $state(false);
  /** why it is not known who is here, where the gateway did not answer */
  problem = $state.raw<Problem | null>(null);
  maintenance = $state(false);
  online = $state(navigator.onLine);
  /** true while the dialog that asks to log in again is open */
  expired = $state(false);

  #resume: ((again: boolean) => void)[] = [];

  constructor() {
    addEventListener('online', () => (this.online = true));
    addEventListener('offline', () => (this.online = false));
    setHooks({
      signInAgain: () => this.#signInAgain(),
      maintenance: () => (this.maintenance = true),
    });
  }

  async load(): Promise<void> {
    await Promise.all([this.loadConfig(), this.loadUser()]);
  }

  /** Also how the page learns that maintenance is over. */
  async loadConfig(): Promise<void> {
    try {
      this.config = await api.config();
      this.maintenance = this.config.maintenance;
    } catch (thrown) {
      if (asProblem(thrown).reason === 'maintenance') this.maintenance = true;
    }
  }

  async loadUser(): Promise<void> {
    this.problem = null;
    try {
      this.user = await api.me();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status === 401 || problem.status === 403) this.user = null;
      // a closed gateway says nothing of who is here
      else if (problem.reason === 'maintenance') return;
      else this.problem = problem;
    }
    this.known = true;
  }

  async logIn(email: string, password: string): Promise<void> {
    const session = await api.logIn(email, password);
    await this.#entered(session.user);
  }

  async enterAsGuest(): Promise<void> {
    const session = await api.guest(this.consentVersion);
    await this.#entered(session.user);
  }

  async join(email: string, password: string): Promise<void> {
    const account = { email, password, consent: { version: this.consentVersion } };
    await api.join(account).catch(async (thrown: unknown) => {
      if (asProblem(thrown).status !== 401) throw thrown;
      // the cookie of a session that is over stands in the way of a new account
      await api.logOut();
      this.user = null;
      return api.join(account);
    });
    // The answer says nothing of whether the address was free: that would tell anybody who has an account here. An account
    // that a guest turned into keeps the guest's session; a new one has none yet, and then logging in shows it.
    const now = this.user === null ? null : await this.#whoIsHere();
    if (now !== null) {
      if (now.guest) throw new Problem(409, 'account_may_exist');
      return this.#entered(now);
    }
    await this.logIn(email, password).catch((thrown: unknown) => {
      if (asProblem(thrown).status === 401) throw new Problem(409, 'account_may_exist');
      throw thrown;
    });
  }

  async logOut(): Promise<void> {
    await api.logOut().catch((thrown: unknown) => {
      if (asProblem(thrown).status !== 401) throw thrown;
    });
    this.user = null;
  }

  forget(): void {
    this.user = null;
  }

  async refresh(): Promise<void> {
    const user = await api.me().catch(() => null);
    if (user !== null) this.user = user;
  }

  get consentVersion(): string {
    return this.config?.consentVersion ?? '2026-11';
  }

  /** The person closed the dialog without logging in. */
  giveUp(): void {
    this.#settle(false);
  }

  async #whoIsHere(): Promise<User | null> {
    try {
      return await api.me();
    } catch (thrown) {
      if (asProblem(thrown).status === 401) return null;
      throw thrown;
    }
  }

  async #entered(user: User | undefined): Promise<void> {
    this.user = user ?? (await api.me());
    this.known = true;
    this.#settle(true);
  }

  #settle(again: boolean): void {
    this.expired = false;
    const waiting = this.#resume;
    this.#resume = [];
    for (const resume of waiting) resume(again);
  }

  #signInAgain(): Promise<boolean> {
    this.expired = true;
    return new Promise((resolve) => this.#resume.push(resolve));
  }
}

export const session = new SessionState();

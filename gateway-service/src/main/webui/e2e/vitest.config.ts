import { defineConfig } from 'vitest/config';

// The page in a real browser against a running mesh: V2F_PAGE_URL says where.
export default defineConfig(({ mode }) => ({
  test: {
    root: import.meta.dirname,
    include: mode === 'shots' ? ['shots.ts'] : ['*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    maxWorkers: 1,
    // a job may wait for others on a small machine
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    // what is polled for comes when a busy machine gets to it; the default is one second
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
}));

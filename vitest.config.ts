import { defineConfig } from 'vitest/config';

/** `unit`: beside the source, no root needed. `netns`: whole regions in network namespaces, one file at a time. `systemd`:
 * services under a real systemd. */
export default defineConfig({
  test: {
    // The default leaves one of two cores idle.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{wire,native,agent,controller,cli,lab,bench,scripts,packaging}/**/*.test.ts',
            'test/*.test.ts',
            'test/kernels/*.test.ts',
          ],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'netns',
          include: ['test/netns/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'packages',
          include: ['test/packages/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'systemd',
          include: ['test/systemd/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

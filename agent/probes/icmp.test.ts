/** Real echoes over the loopback device: needs root, and a main thread (which a vitest fork is). */
import { describe, expect, it } from 'vitest';
import { openIcmp } from './icmp.ts';

const root = process.getuid?.() === 0;

describe.skipIf(!root)(`ICMP echo${root ? '' : ' (skipped: needs root)'}`, () => {
  it.each([
    ['127.0.0.1', 84],
    ['127.0.0.1', 9000],
    ['::1', 1280],
  ])('from %s comes back for a packet of %i bytes', async (address, size) => {
    const icmp = openIcmp();
    try {
      const reply = await new Promise((resolve, reject) => {
        icmp.onReply(resolve);
        icmp.send(address, 0x1234, size, reject);
      });
      expect(reply).toMatchObject({ address, sequence: 0x1234 });
    } finally {
      icmp.close();
    }
  });

  it('too large for the device fails at once', async () => {
    const icmp = openIcmp();
    try {
      const why = await new Promise<string>((resolve) => icmp.send('127.0.0.1', 1, 70_000, resolve));
      expect(why).toMatch(/too long/i);
    } finally {
      icmp.close();
    }
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Backlog } from './backlog.ts';
import { Correlator } from './correlate.ts';
import { parseFilter } from './filter.ts';
import { merge } from './merge.ts';
import { decodeFrame } from './packet.ts';
import { bytes, encapsulated, ethernet4, frame, ping } from './packets-by-hand.ts';
import { type PcapFileOptions, PcapngFile } from './pcapng.ts';
import { packetComment } from './print.ts';
import { Show, type ShowOptions } from './show.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-pcapng-'));
  path = join(directory, 'a.pcapng');
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (options: Partial<PcapFileOptions> = {}) =>
  new PcapngFile({ path, application: 'weft test', mostBytes: 1 << 20, files: 1, ...options });
const wire = { name: 'eth0', description: 'substrate', linkType: 'ETHERNET' } as const;

function tshark(file: string, ...fields: readonly string[]): string[][] {
  const lua = join(import.meta.dirname, '../../wire/gen/gni.lua');
  const argv = ['-X', `lua_script:${lua}`, '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const text = execFileSync('tshark', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
}

describe('a pcapng file', () => {
  it('is read by tshark: interfaces, times, comments, and by the dissector the same networks', () => {
    const formats = ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'];
    const timeUs = 1_797_292_800_000_005;
    {
      using file = open();
      const port = file.addInterface({ name: 'weft0', description: 'port of guest web1', linkType: 'RAW' });
      const substrate = file.addInterface(wire);
      for (const format of formats) {
        const whole = frame(encapsulated(format, ping, { sourceGni: 7, destinationGni: 8 }));
        const packet = decodeFrame('ETHERNET', whole);
        if (packet === undefined) throw new Error('not decoded');
        file.write(substrate, { timeUs, frame: whole }, packetComment(packet));
      }
      file.write(port, { timeUs: timeUs + 1, frame: ping }, '');
      file.lost(substrate, 3);
    }
    const rows = tshark(
      path,
      'frame.interface_name',
      'frame.time_epoch',
      'gni.format',
      'gni.destination_gni',
      'frame.comment',
    );
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ...formats.map((format) => ['eth0', '1797292800.000005000', format, '8']),
      ['weft0', '1797292800.000006000', '', ''],
    ]);
    for (const [i, format] of formats.entries()) expect(rows[i]?.[4]).toContain(`${format}, GNI 7 → 8`);
    expect(rows[0]?.[4]).toContain('ICMP echo request id 7 seq 1');
    expect(rows[3]?.[4]).toContain('sealed: key id 90');
  });

  it('of a capture without a packet is one that opens', () => {
    open()[Symbol.dispose]();
    expect(tshark(path, 'frame.number')).toEqual([]);
    expect(readFileSync(path).readUInt32LE(0)).toBe(0x0a0d0d0a);
  });

  it('that is full takes no more', () => {
    using file = open({ mostBytes: 1000 });
    const id = file.addInterface(wire);
    const taken = Array.from({ length: 20 }, () =>
      file.write(id, { timeUs: 1, frame: frame(new Uint8Array(60)) }, 'x'),
    );
    expect(taken.indexOf(false)).toBeGreaterThan(3);
    expect(readFileSync(path).length).toBeLessThanOrEqual(1000);
  });

  it('goes on in others, keeps the newest, and each opens', () => {
    {
      using file = open({ mostBytes: 1000, files: 3 });
      const id = file.addInterface(wire);
      for (let i = 0; i < 50; i++)
        file.write(id, { timeUs: i, frame: frame(encapsulated('gni 1.0', ping)) }, `number ${i}`);
    }
    const names = readdirSync(directory).sort();
    expect(names).toEqual(['a.pcapng', 'a.pcapng.1', 'a.pcapng.2']);
    const comments = ['a.pcapng.2', 'a.pcapng.1', 'a.pcapng'].flatMap((name) =>
      tshark(join(directory, name), 'frame.comment').flat(),
    );
    const last = comments.map((comment) => Number(comment.split(' ')[1]));
    expect(last.at(-1)).toBe(49);
    expect(last).toEqual(last.map((_, i) => 50 - last.length + i));
  });

  it('that cannot be written is refused with the reason', () => {
    expect(() => open({ path: '/nonexistent/a.pcapng' })).toThrow('cannot write /nonexistent/a.pcapng');
  });
});

describe('a filter', () => {
  it.each<readonly [string, object]>([
    ['', { expression: '' }],
    ['icmp or tcp port 80', { expression: 'icmp or tcp port 80' }],
    ['gni 7', { gni: 7, expression: '' }],
    [
      'gni 7 and inner fd00:10:0::11 and host 192.0.2.1',
      { gni: 7, inner: 'fd00:10::11', expression: 'host 192.0.2.1' },
    ],
    ['guest web1 udp', { guest: 'web1', expression: 'udp' }],
  ])('%j is understood', (text, expected) => {
    expect(parseFilter(text.split(' '))).toEqual(expected);
  });

  it.each([
    ['gni', 'wants something behind it'],
    ['gni x', "'x' is no GNI"],
    ['gni 0', "'0' is no GNI"],
    ['inner 10.0.0', "'10.0.0' is no address"],
    ['icmp and gni 7', 'stand before everything else'],
  ])('%j is refused', (text, why) => {
    expect(() => parseFilter(text.split(' '))).toThrow(why);
  });
});

describe('the helper’s backlog', () => {
  /** Takes `room` bytes, then no more until there is room again. */
  class Pipe {
    room = 0;
    taken: number[] = [];
    write(data: Uint8Array): number {
      const now = Math.min(this.room, data.length);
      this.room -= now;
      this.taken.push(...data.subarray(0, now));
      return now;
    }
  }
  const record = (value: number) => (lost: number) => Uint8Array.of(value, lost, value);

  it('never waits, cuts no record, and counts what it leaves out', () => {
    const pipe = new Pipe();
    const backlog = new Backlog(pipe, 9);
    pipe.room = 4;
    for (let i = 1; i <= 6; i++) backlog.push(3, record(i));
    expect(backlog.lost).toBe(2);
    pipe.room = 100;
    backlog.flush();
    expect([backlog.isEmpty, pipe.taken]).toEqual([true, [1, 0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 4]]);
    backlog.push(3, record(7));
    expect(pipe.taken.slice(-3)).toEqual([7, 2, 7]);
  });
});

describe('several captures as one stream', () => {
  async function* count(values: readonly number[], end?: Error): AsyncGenerator<number> {
    yield* values;
    if (end !== undefined) throw end;
  }
  const collect = async (sources: readonly AsyncGenerator<number>[]) => {
    const found: number[] = [];
    for await (const each of merge(sources, 60_000)) if (each.kind === 'item') found.push(each.value);
    return found;
  };

  it('have everything of each in its order, and end when all have', async () => {
    const found = await collect([count([1, 2, 3]), count([11, 12])]);
    expect(found.filter((value) => value < 10)).toEqual([1, 2, 3]);
    expect(found.filter((value) => value > 10)).toEqual([11, 12]);
  });

  it('hold a source back until its packet was taken', async () => {
    let made = 0;
    async function* endless() {
      for (;;) yield made++;
    }
    for await (const each of merge([endless()], 60_000)) if (each.kind === 'item' && each.value === 5) break;
    expect(made).toBeLessThan(8);
  });

  it('have turns of the clock between', async () => {
    const never = Promise.withResolvers<never>();
    const silent: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => never.promise }) };
    const kinds: string[] = [];
    for await (const { kind } of merge([silent], 1)) if (kinds.push(kind) === 3) break;
    expect(kinds).toEqual(['tick', 'tick', 'tick']);
  });

  it('fail when one does', async () => {
    await expect(collect([count([1], new Error('gone')), count([2])])).rejects.toThrow('gone');
  });
});

describe('what a capture shows', () => {
  const guest = { name: 'web1', gni: 7, addresses: new Set(['10.0.0.11']), place: {} };
  const run = (options: Partial<ShowOptions>, use: (show: Show) => void, asJson = false) => {
    const lines: string[] = [];
    const notes: string[] = [];
    const show = new Show({
      output: {
        line: (text = '') => void lines.push(text),
        note: (text) => void notes.push(text),
        showNext: (value, forPeople) => {
          if (asJson) lines.push(JSON.stringify(value));
          else forPeople();
        },
      },
      ...{ file: undefined, count: 10, wanted: {}, ...options },
    });
    use(show);
    show.end();
    return { lines, notes };
  };
  const at = (whole: Uint8Array) => ({ timeUs: 1000, frame: whole, linkType: 'ETHERNET' as const });

  it('ends after the packets asked for, and tells what was lost', () => {
    const { lines, notes } = run({ count: 2 }, (show) => {
      for (let i = 0; i < 5 && !show.isDone; i++) show.frame('wire', at(frame(encapsulated('gni 1.1', ping))));
      show.heard('wire', { timeUs: 1, lost: 4, behind: true });
    });
    expect(lines).toHaveLength(4);
    expect(notes).toEqual(['2 packets, 4 lost', expect.stringContaining('more are missing')]);
  });

  it('are only the guest’s packets', () => {
    const { lines } = run(
      { guest, wanted: { atPort: new Set(['10.0.0.12']) } },
      (show) => {
        show.frame('port', at(bytes(ethernet4, ping)));
        show.frame('port', at(bytes(ethernet4, ping).with(33, 99)));
      },
      true,
    );
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ guest: 'web1', direction: 'out', bytes: 32 }]);
  });

  it('gives nobody up before both taps have come as far', () => {
    const correlator = new Correlator({ waitUs: 500, most: 10 });
    const { lines, notes } = run({ guest, correlator, hostAddresses: new Set(['198.18.0.1']) }, (show) => {
      const heard = (side: 'port' | 'wire', timeUs: number) => {
        show.heard(side, { timeUs, lost: 0, behind: false });
        show.tick();
      };
      show.frame('port', at(bytes(ethernet4, ping)));
      heard('port', 9000);
      heard('wire', 1400);
      show.frame('wire', at(frame(encapsulated('gni 1.1', ping))));
      show.frame('port', at(bytes(ethernet4, ping.with(27, 9))));
      heard('wire', 1600);
      show.frame('wire', at(frame(encapsulated('gni 1.1', ping.with(27, 9)))));
    });
    expect(lines.filter((line) => line.includes('web1 sends'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('on the wire')).map((line) => line.trim())).toEqual([
      expect.stringMatching(/^≈ 0 µs {2}on the wire/),
      'not seen on the wire',
    ]);
    expect(notes.at(-1)).toContain('“not seen” is by this capture');
  });

  it('leaves sealed packets of who knows whom out, and counts them', () => {
    const wanted = { gni: 7, inner: new Set(['10.0.0.11']) };
    const { lines, notes } = run({ wanted }, (show) => show.frame('wire', at(frame(encapsulated('gni 3.0', ping)))));
    expect(lines).toEqual([]);
    expect(notes[1]).toMatch(/^1 sealed packets .* could not be told apart/);
  });

  it('ends when its file is full, and says what to do', () => {
    using file = open({ mostBytes: 400 });
    const { notes } = run({ file, count: 100 }, (show) => {
      show.start('wire', { interface: 'eth0', linkType: 'ETHERNET' }, undefined);
      for (let i = 0; i < 100 && !show.isDone; i++) show.frame('wire', at(frame(encapsulated('gni 1.1', ping))));
      expect(show.isDone).toBe(true);
    });
    expect(notes.at(-1)).toMatch(/^the file is full: --size/);
  });
});

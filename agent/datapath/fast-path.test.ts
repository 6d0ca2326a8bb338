import { describe, expect, it } from 'vitest';
import type { FastPathMode, FastPathOptions, FastPathProbe } from '../../native/index.ts';
import { type FastPathWish, openFastPath, removeFormerFastPath } from './fast-path.ts';

const told = { udpPort: 6741, substrateAddresses: ['198.18.0.1'], foreign: { vxlan: true, geneve: false } };
const wish = (mode: FastPathWish['mode']): FastPathWish => ({
  mode,
  directory: '/sys/fs/bpf/weft',
  sizes: { locations: 1, peers: 2, pairs: 3 },
  flowSampling: 4,
});
const both: FastPathProbe = { modes: ['tc', 'xdp'], problems: [] };
const tcOnly: FastPathProbe = { modes: ['tc'], problems: ['XDP: EOPNOTSUPP'] };
const none: FastPathProbe = { modes: [], problems: ['BPF programs cannot be loaded: EPERM'] };

describe('the fast path', () => {
  const open = (mode: FastPathWish['mode'], found: FastPathProbe, refused: readonly FastPathMode[] = []) => {
    const opened: FastPathOptions[] = [];
    const outcome = openFastPath({ probeFastPath: () => found }, wish(mode), told, (options) => {
      if (refused.includes(options.mode)) throw new Error(`${options.mode} is refused`);
      opened.push(options);
    });
    return { ...outcome, opened };
  };

  it('is told what it shares with the engine, and what the operator wants', () => {
    expect(open('auto', both).opened).toEqual([
      {
        ...{ mode: 'tc', directory: '/sys/fs/bpf/weft', sizes: { locations: 1, peers: 2, pairs: 3 }, flowSampling: 4 },
        ...told,
      },
    ]);
  });

  it.each([
    ['auto', both, [], 'tc', []],
    ['tc', both, [], 'tc', []],
    ['xdp', both, [], 'xdp', []],
    ['xdp', tcOnly, [], 'tc', ['mode xdp of the fast path cannot be had: XDP: EOPNOTSUPP']],
    ['xdp', both, ['xdp'], 'tc', ['mode xdp: xdp is refused']],
  ] as const)('in mode %s is what the kernel takes', (mode, found, refused, got, problems) => {
    expect(open(mode, found, refused)).toMatchObject({ mode: got, why: '', problems });
  });

  it.each([
    ['auto', none, [], 'BPF programs cannot be loaded: EPERM'],
    ['tc', tcOnly, ['tc'], 'mode tc: tc is refused'],
  ] as const)('that cannot be had in mode %s is one sentence, and no reason to stop', (mode, found, refused, why) => {
    expect(open(mode, found, refused)).toMatchObject({
      ...{ mode: undefined, why, opened: [] },
      problems: [`the engine carries everything, there is no fast path: ${why}`],
    });
  });

  it('that is switched off is not looked for, and nothing to complain about', () => {
    const probe = () => {
      throw new Error('was looked for');
    };
    expect(openFastPath({ probeFastPath: probe }, wish('off'), told, probe)).toEqual({
      mode: undefined,
      why: "it is switched off by key 'fastPath'",
      problems: [],
    });
  });

  it('of a former run is removed wherever that pinned its tables, and why it cannot be is told', () => {
    const removed: string[] = [];
    const native = { removeFastPath: (each: string) => void removed.push(each) };
    expect(removeFormerFastPath(native, '/nowhere')).toBeUndefined();
    expect(removed).toEqual(['/nowhere']);
    const refusing = {
      removeFastPath: () => {
        throw new Error('EPERM');
      },
    };
    expect(removeFormerFastPath(refusing, '/nowhere')).toBe('EPERM');
  });
});

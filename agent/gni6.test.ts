import { expect, test } from 'vitest';
import type { DataPath, EngineOptions } from './datapath/datapath.ts';
import { openGni6 } from './gni6.ts';

const gni6 = { prefix: 'fd06:0:0:1::/64' };
const datapath = {} as DataPath;

test('the data plane is opened with gni6 where the configuration has a prefix', () => {
  const asked: Pick<EngineOptions, 'gni6'>[] = [];
  const open = (options: Pick<EngineOptions, 'gni6'>) => {
    asked.push(options);
    return datapath;
  };
  expect(openGni6({ gni6 }, undefined, open)).toEqual({ datapath, prefix: gni6.prefix, problem: undefined });
  expect(openGni6({}, undefined, open)).toEqual({ datapath, prefix: undefined, problem: undefined });
  expect(openGni6({ gni6 }, 'no route', open)).toEqual({ datapath, prefix: undefined, problem: 'no route' });
  expect(asked).toEqual([{ gni6 }, {}, {}]);
});

test('a machine that gives no raw socket has all the rest, and says why not', () => {
  const open = (options: Pick<EngineOptions, 'gni6'>) => {
    if (options.gni6 !== undefined) throw new Error('EPERM');
    return datapath;
  };
  expect(openGni6({ gni6 }, undefined, open)).toEqual({
    datapath,
    prefix: undefined,
    problem: 'gni6 is not offered: EPERM',
  });
});

test('what is wrong without gni6, too, is thrown', () => {
  const open = () => {
    throw new Error('port taken');
  };
  expect(() => openGni6({ gni6 }, undefined, open)).toThrow('port taken');
});

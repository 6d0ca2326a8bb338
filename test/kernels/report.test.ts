import { describe, expect, test } from 'vitest';
import { faultsOf, instructionsBound, merged, readOutcome, toTable } from './report.ts';

const begun = ['kernel 6.1.0', 'begin load', 'program guest.o weft_guest 1234 5600'];
const loaded = [...begun, 'end load 0'];
const checked = ['begin tables', 'ok a packet', 'ok another', 'end tables 0'];

const outcomeOf = (...lines: readonly string[]) => readOutcome(lines.join('\n'));

describe('what a machine said', () => {
  test('is read as programs, checks and an end', () => {
    expect(outcomeOf(...loaded, ...checked, 'done')).toEqual({
      kernel: '6.1.0',
      programs: [{ object: 'guest.o', name: 'weft_guest', instructions: 1234, verifiedMs: 5.6 }],
      refused: [],
      tasks: [
        { name: 'load', code: 0, lines: [], ok: 0, failed: 0 },
        { name: 'tables', code: 0, lines: ['ok a packet', 'ok another'], ok: 2, failed: 0 },
      ],
      whole: true,
    });
  });

  test('keeps the verifier log with the program it is about', () => {
    const refusals = [
      'refused guest.o one Permission denied',
      '| 0: r1',
      '| 1: r2',
      'refused guest.o two Too big',
      '| x',
    ];
    expect(outcomeOf(...begun, ...refusals, 'end load 1').refused).toEqual([
      { object: 'guest.o', name: 'one', reason: 'Permission denied', log: ['0: r1', '1: r2'] },
      { object: 'guest.o', name: 'two', reason: 'Too big', log: ['x'] },
    ]);
  });

  test('has no faults when all loaded and every check held', () => {
    expect(faultsOf(outcomeOf(...loaded, ...checked, 'done'))).toEqual([]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['the machine stopped before its last line', [...loaded, ...checked], /before it was done/],
    ['nothing was loaded', ['kernel 6.1.0', 'begin load', 'end load 0', ...checked, 'done'], /no program was loaded/],
    [
      'a program was refused',
      [...begun, 'refused a.o b No', 'end load 1', ...checked, 'done'],
      /a\.o b is refused: No/,
    ],
    ['the loader crashed', [...begun, 'end load 139', ...checked, 'done'], /load failed with exit code 139/],
    [
      'a program is too complex',
      [`kernel 6.1.0`, `program a.o b ${instructionsBound + 1} 1`, ...checked, 'done'],
      /a\.o b needs 250001 instructions/,
    ],
    ['a count cannot be read', ['kernel 6.1.0', 'program a.o b', ...checked, 'done'], /needs NaN/],
    [
      'a check failed',
      [...loaded, 'begin tables', 'ok a', 'FAILED b', 'end tables 0', 'done'],
      /1 checks ok, 1 FAILED/,
    ],
    ['nothing was checked', [...loaded, 'begin tables', 'end tables 0', 'done'], /0 checks ok/],
    ['a task never ended', [...loaded, 'begin tables', 'ok a', 'done'], /tables did not end/],
  ])('has a fault when %s', (_, lines, fault) => {
    expect(faultsOf(outcomeOf(...lines))).toEqual([expect.stringMatching(fault)]);
  });
});

test('one machine that did not end makes the whole of several not whole', () => {
  const [first, second] = [outcomeOf(...loaded, 'done'), outcomeOf('kernel 6.1.0', ...checked)];
  expect(merged('6.1.0', [first, second])).toEqual({
    ...first,
    tasks: [...first.tasks, ...second.tasks],
    whole: false,
  });
  expect(faultsOf(merged('6.1.0', [first, { ...second, whole: true }]))).toEqual([]);
});

test('the table has a row for each program and each task that checks something', () => {
  const outcome = outcomeOf(...begun, 'refused guest.o other No', 'end load 1', ...checked, 'done');
  expect(toTable([outcome]).split('\n')).toEqual([
    'kernel  object   program     instructions  verified in ms  result',
    '6.1.0   guest.o  weft_guest          1234             5.6  loaded',
    '6.1.0   guest.o  other                                     REFUSED',
    '6.1.0            tables                                    ok: 2 ok, 0 failed',
  ]);
});

import { describe, expect, it } from 'vitest';
import type { Guest } from '../../wire/control.ts';
import { planGuest } from './guest.ts';

describe('the guest plan', () => {
  const guest: Guest = { name: 'web', gni: 7, addresses: ['10.0.0.5/24'], command: ['sleep', '1'], incarnation: 1 };
  it.each([
    ['wanted, not there', guest, undefined, 'create'],
    ['there as wanted', guest, guest, 'keep'],
    ['another address', { ...guest, addresses: ['10.0.0.6/24'] }, guest, 'keep'],
    ['another tenant’s network', { ...guest, gni: 8 }, guest, 'recreate'],
    ['the same, deleted and made again', { ...guest, incarnation: 2 }, guest, 'recreate'],
    ['another program', { ...guest, command: ['sleep', '2'] }, guest, 'recreate'],
    ['the port that it has anyway', { ...guest, port: 'veth' }, guest, 'keep'],
    ['another port', { ...guest, port: 'tun' }, guest, 'recreate'],
    ['no longer wanted', undefined, guest, 'remove'],
    ['neither wanted nor there', undefined, undefined, 'nothing'],
  ] as const)('%s', (_, wanted, held, step) => {
    expect(planGuest(wanted, held, 'veth')).toBe(step);
  });
});

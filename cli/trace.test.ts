import { describe, expect, it } from 'vitest';
import type { Trace, TraceStep } from '../wire/trace.ts';
import { cli, FakeController } from './fake-controller.ts';

async function trace(body: Trace, ...argv: readonly string[]) {
  await using controller = await FakeController.start({ 'POST /v1/traces': { body } });
  const result = await cli(['trace', 'client', '--to', '10.0.0.6', ...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

const step: TraceStep = {
  way: 'there',
  host: 'left',
  executor: 'tc',
  program: 'guest',
  side: 'out',
  verdict: 'sent',
  device: 'wgabc',
  leftBy: 'eth0',
  guest: 'client',
  peer: 'right',
  encapsulation: 'gni 1.0',
  mapping: 'red/10.0.0.6 → right',
  length: 84,
  generation: 12,
  outer: '198.18.0.1:50000 → 198.18.0.2',
  afterUs: 0,
};
const arrived: Trace = {
  vpc: 'red',
  gni: 7,
  from: { address: '10.0.0.5', guest: 'client', host: 'left', followed: true },
  to: { address: '10.0.0.6', guest: 'server', host: 'right', followed: true },
  mode: 'echo',
  echo: 4711,
  answeredUs: 84,
  steps: [
    step,
    {
      way: 'there',
      host: 'right',
      executor: 'engine',
      program: 'receive',
      side: 'in',
      verdict: 'delivered',
      guest: 'server',
      mapping: 'red/10.0.0.6 → guest server',
      generation: 3,
      afterUs: 12,
    },
    { way: 'back', host: 'right', executor: 'engine', program: 'send', side: 'out', verdict: 'sent', generation: 3 },
  ],
  notes: [],
  differences: [],
  outcome: 'arrived',
  conclusion: 'delivered to server on right by its engine (receive), answered after 84 µs',
};

describe('weft trace', () => {
  it('shows every decision, there and back, and how it ended', async () => {
    const { code, out } = await trace(arrived);
    expect(out.trimEnd().split('\n')).toEqual([
      'client 10.0.0.5 (left) → server 10.0.0.6 (right)  in red: one echo request, ICMP id 4711, answered after 84 µs',
      ' 1  left   tc      guest    in wgabc  → sent       red/10.0.0.6 → right, gni 1.0, generation 12, out by eth0, 198.18.0.1:50000 → 198.18.0.2',
      ' 2  right  engine  receive            → delivered  to server, red/10.0.0.6 → guest server, generation 3, +12 µs',
      '    and back: the answer to a second echo request',
      ' 3  right  engine  send               → sent       generation 3',
      'delivered to server on right by its engine (receive), answered after 84 µs',
    ]);
    expect(code).toBe(0);
  });

  it('says where it was dropped and what that means, what was not seen, and ends with 1', async () => {
    const { code, out } = await trace({
      ...arrived,
      mode: 'packet',
      steps: [{ ...step, verdict: 'dropped', reason: 'no-mapping', meaning: 'nobody there' }],
      notes: ["host 'right' is away"],
      outcome: 'dropped',
      conclusion: 'dropped on left',
    });
    expect(out).toContain(': the next packet\n');
    expect(out).toContain('→ dropped  no-mapping (nobody there), red/10.0.0.6 → right');
    expect(out).toContain("note host 'right' is away\ndropped on left\n");
    expect(code).toBe(1);
  });

  it('says where tables differ in a dry run', async () => {
    const { out } = await trace({
      ...arrived,
      mode: 'dry-run',
      to: { address: '10.0.0.6', followed: false },
      differences: ['left holds red/10.0.0.6 → spare'],
    });
    expect(out).toContain('client 10.0.0.5 (left) → 10.0.0.6  in red: what the tables say\n');
    expect(out).toContain('DIFFERS left holds red/10.0.0.6 → spare\n');
  });

  it('asks for what was said', async () => {
    const { asked } = await trace(arrived, '--packet', '--wait', '2.5');
    expect(asked).toEqual([
      { what: 'POST /v1/traces', body: { guest: 'client', to: '10.0.0.6', packet: true, waitMs: 2500 } },
    ]);
    expect((await trace(arrived, '--dry-run')).asked).toMatchObject([{ body: { dryRun: true } }]);
  });

  it('prints JSON and nothing else', async () => {
    const { code, out } = await trace({ ...arrived, outcome: 'lost' }, '--json');
    expect(JSON.parse(out)).toEqual({ ...arrived, outcome: 'lost' });
    expect(code).toBe(1);
  });

  it.each([
    ['--wait', '0'],
    ['--wait', '31'],
    ['--wait', 'soon'],
  ])('refuses %s %s', async (...argv) => {
    const { code, err, asked } = await trace(arrived, ...argv);
    expect(code).toBe(2);
    expect(err).toContain('expected seconds, 0.1 to 30');
    expect(asked).toEqual([]);
  });
});

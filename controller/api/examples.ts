/** Examples of bodies in the OpenAPI document, by the schema's name; a test checks them against it. */
const calm = {
  name: 'production-encrypted',
  description: 'hosts with the label environment=production send and take nothing that is not encrypted',
  match: { environment: 'production' },
  effect: 'require',
  capabilities: ['encryption'],
};
const red = { name: 'red', prefixes: ['10.0.0.0/24', 'fd00:10::/64'], customer: 'north' };
const web = { name: 'web', vpc: 'red', require: ['integrity'], command: ['sleep', 'infinity'] };
const old = { name: 'old', address: '192.0.2.50', framework: 'vxlan', labels: { area: 'north' } };

export const examples: Readonly<Record<string, unknown>> = {
  AccessTokenRequest: { name: 'shop', role: 'customer', customer: 'amber', lifeMs: 7_776_000_000 },
  ApplyRequest: { hosts: [old], vpcs: [red], policies: [calm], guests: [web] },
  Error: { code: 'in-use', message: "vpc 'red' has 2 guests (web, db): delete them first" },
  Guest: {
    ...{ name: 'web', vpc: 'red', gni: 7, host: 'host-a', addresses: ['10.0.0.5/24'], port: 'veth' },
    ...{ phase: 'running', mtu: 1464, revision: 12 },
  },
  GuestRequest: web,
  HostRequest: old,
  KeyRotation: { host: 'host-a', newestEpoch: 1_795_244_858 },
  Mapping: {
    ...{ gni: 7, vpc: 'red', address: '10.0.0.5', host: 'host-a', guest: 'web', version: 12, subscribers: 3 },
  },
  Policy: { ...calm, author: 'administrator', revision: 9 },
  PolicyRequest: calm,
  ResumeRequest: { limits: { dropsPercent: 5 } },
  RolloutRequest: { name: 'spring', policies: [calm], batchPercent: 10, pauseMs: 300_000 },
  Selection: {
    ...{ source: 'host-a', destination: 'host-b', selected: 'gni 1.1', decidedBy: [] },
    ...{ reasons: ['gni 1.1: both hosts have it, highest common version'], sinceMs: 1_795_244_858_000 },
    ...{ accepted: ['gni 1.1'], sending: 'gni 1.1', generation: 41 },
  },
  TraceRequest: { guest: 'web', to: '10.0.0.6' },
  Vpc: { ...red, gni: 7, guests: 2, revision: 3 },
  VpcRequest: red,
};

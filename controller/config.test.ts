import { describe, expect, it } from 'vitest';
import { ConfigError } from '../wire/config-file.ts';
import { gateRates } from './access/gate.ts';
import { listenAddresses, parseConfig, readConfig } from './config.ts';

function mistakes(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfig('', 'c.yaml')).toEqual({
      name: 'controller',
      stateDirectory: '/var/lib/weft/controller',
      listen: { address: '0.0.0.0', port: 6740, connections: 10_000, connectionsPerSource: 4000, names: [] },
      api: { socket: '/run/weft/controller.sock', connections: 1000, connectionsPerSource: 100, rates: gateRates },
      trust: { hostCertificateMs: 604_800_000 },
      audit: { entries: 10_000, bytes: 16 << 20, refusals: 2000 },
      liveness: { heartbeatMs: 1000, deadlineMs: 3500 },
      log: { level: 'info' },
    });
  });

  it('may listen on several addresses, and give the API a port', () => {
    const config = parseConfig('listen: {address: [127.0.0.1, "::1"]}\napi: {tcp: {port: 8080}}\n', 'c.yaml');
    expect(listenAddresses(config)).toEqual(['127.0.0.1', '::1']);
    expect(config.api.tcp).toEqual({ address: '127.0.0.1', port: 8080 });
  });

  const bad: [title: string, text: string, errors: string[]][] = [
    ['an unknown key', 'listn: {}\n', ["c.yaml:1:1: unknown key 'listn', expected 'listen'?"]],
    [
      'a name that is none',
      'name: Ä\n',
      ["c.yaml:1:7: 'name' is 'Ä', expected a name of a-z, 0-9 and -, at most 63 characters"],
    ],
    [
      'a port that is none',
      'listen:\n  port: 66000\n',
      ["c.yaml:2:9: 'listen.port' is 66000, expected a whole number of 0 to 65535 (0: any free one)"],
    ],
    [
      'an address that is none',
      'listen:\n  address: [127.0.0.1, localhost]\n',
      ["c.yaml:2:24: 'localhost', expected an IP address"],
    ],
    [
      'an API address that is none',
      'api: {tcp: {address: x, port: 1}}\n',
      ["c.yaml:1:22: 'x', expected an IP address"],
    ],
    [
      'an authority without its key',
      'trust: {certificate: /etc/weft/ca.crt}\n',
      ["c.yaml:1:22: 'trust.certificate' is alone, expected 'trust.key' with it"],
    ],
    [
      'a deadline before the second heartbeat',
      'liveness: {deadlineMs: 1500}\n',
      ["c.yaml:1:24: 'liveness.deadlineMs' is 1500, expected at least twice heartbeatMs (2000)"],
    ],
    [
      'a level that is none',
      'log: {level: loud}\n',
      ["c.yaml:1:14: 'log.level' is 'loud', expected 'fatal', 'error', 'warn', 'info', 'debug', 'trace' or 'silent'"],
    ],
  ];
  it.each(bad)('with %s is refused, with its place', (_title, text, errors) => {
    expect(mistakes(() => parseConfig(text, 'c.yaml'))).toEqual(errors);
  });

  it('that is not there is a mistake as well', () => {
    expect(mistakes(() => readConfig('/nonexistent/c.yaml'))).toEqual([
      expect.stringMatching(/^\/nonexistent\/c\.yaml:1:1: cannot be read \(ENOENT.*\), expected a YAML file$/),
    ]);
  });
});

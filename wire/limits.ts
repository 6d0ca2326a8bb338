/** Bounds on everything that comes from outside: one place, quoted by code, documentation and tests. */

export const limits = {
  /** Bytes of one control message, either direction. */
  controlMessageBytes: 1 << 20,
  /** Bytes that may wait for a slow peer before its session is closed. */
  controlBacklogBytes: 8 << 20,
  /** Resources in one Update; larger changes are split, sessions before the mappings that need them. */
  resourcesPerUpdate: 1024,
  /** Names in one Subscribe. */
  namesPerSubscribe: 1024,
  /** Mappings that one agent may be subscribed to. */
  subscriptionsPerAgent: 100_000,
  eventsPerMessage: 64,
  /** Characters of a name of a host, guest, virtual cloud or label key: DNS labels. */
  nameLength: 63,
  /** Characters of any free text: details, reasons, label values. */
  textLength: 1024,
  nicsPerHost: 64,
  labelsPerHost: 32,
  addressesPerGuest: 16,
  prefixesPerNetwork: 32,
  commandArguments: 64,
  /** Keys that a host names at a time. */
  keyEpochs: 8,
  greatestEpoch: 999_999_999_999_999,
  /** Different encapsulations, sent and accepted, that an engine holds of one peer (`most_encapsulations`). */
  encapsulationsPerPeer: 32,
  /** Guests' pairs with terms of their own in one session. */
  pairsPerSession: 1024,
  /** Executors' decisions that one trace keeps of one host. */
  traceSteps: 64,
  traceWaitMs: 30_000,
  /** Bytes of a certificate request (PKCS #10, DER); one for an EC key has about 200. */
  certificateRequestBytes: 4096,
  /** Characters of a certificate, and of all authorities of a region, in PEM. */
  certificateBytes: 16_384,
  authorityBytes: 65_536,
  /** Bytes of the one request that a host makes before it has a certificate. */
  joinRequestBytes: 16_384,
  /** Bytes of a REST request body. */
  requestBodyBytes: 1 << 20,
  /** GNI 0 is never given out; 24 bits so that every format carries every GNI. */
  gni: { min: 1, max: 0xff_ffff },
} as const;

export const ports = {
  /** UDP, encapsulated packets. */
  data: 6741,
  /** UDP, RFC 7348 §5. */
  vxlan: 4789,
  /** UDP, RFC 8926 §3.3. */
  geneve: 6081,
  /** TCP, control protocol (WebSocket). */
  control: 6740,
} as const;

/** Of every HTTP listener, as options of `node:http`: who is slow, or sends without end, is cut. */
export const tlsDeadlines = { handshakeTimeout: 10_000 } as const;

export const httpDeadlines = {
  /** From the connection, or the first byte of a request, to the end of its headers. */
  headersTimeout: 10_000,
  /** To the end of its body. */
  requestTimeout: 30_000,
  /** Between two requests. */
  keepAliveTimeout: 15_000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 << 10,
  /** Of TLS, before there is anything of HTTP. */
  handshakeTimeout: 10_000,
} as const;

/** Headers of one request. */
export const httpHeadersMost = 100;

export const controlSubprotocol = 'weft.control.v1';
export const controlPath = '/v1/agent';

/** DNS label: what hosts, guests and clouds may be called. */
export const namePattern = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';

/**
 * Codes with which a control session is closed (RFC 6455 §7.4.2: 4000–4999 are the application's).
 * `retry`: whether the agent should try again soon, later (long pause), and what it tells people.
 */
export const closeCodes = {
  malformed: { code: 4000, retry: 'later', doc: 'a message did not parse or broke a rule of the protocol' },
  outOfOrder: { code: 4001, retry: 'soon', doc: 'a message number was missing or repeated' },
  tooLarge: { code: 4002, retry: 'later', doc: 'a message was over the size limit' },
  silent: { code: 4003, retry: 'soon', doc: 'nothing was heard before the deadline' },
  tooSlow: { code: 4004, retry: 'soon', doc: 'the peer does not read as fast as it must' },
  nameInUse: { code: 4005, retry: 'later', doc: 'another agent is connected under this host name' },
  replaced: { code: 4006, retry: 'soon', doc: 'the same agent connected again' },
  oldEpoch: { code: 4007, retry: 'later', doc: 'the controller’s epoch is older than one the agent has obeyed' },
  shuttingDown: { code: 4008, retry: 'soon', doc: 'the other end is stopping' },
  otherStore: {
    code: 4010,
    retry: 'later',
    doc: 'the controller’s store is not the one that the agent’s guests come from',
  },
  notTrusted: {
    code: 4011,
    retry: 'later',
    doc: 'the host’s certificate was revoked, has expired or is that of another host',
  },
  notYours: { code: 4012, retry: 'later', doc: 'the host claims what is another host’s' },
  removed: { code: 4009, retry: 'later', doc: 'the host was removed by an operator' },
} as const;

export type CloseReason = keyof typeof closeCodes;

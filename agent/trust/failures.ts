/** Why a TLS connection to a controller did not come about, as a sentence for people. Pure. */

export interface Clocks {
  /** Unix ms of this host and, as far as it is known, of the controller. */
  readonly hereMs: number;
  readonly thereMs: number | undefined;
}

/** Below this nobody's clock is blamed. */
const notableMs = 5 * 60_000;

const foreign = 'its certificate is not of this region’s authority: it is another controller, or somebody in between';
const noTls = 'what answers there does not speak TLS: is it a controller’s address and port?';

/** Of Node (ERR_…), OpenSSL (the others in capitals) and the system (E…). */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  ECONNRESET: 'what answers there ended the connection before TLS was set up',
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_HTTP_REQUEST: noTls,
  ERR_SSL_UNEXPECTED_MESSAGE: noTls,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'what answers there does not speak TLS 1.3',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'what answers there does not speak TLS 1.3',
  DEPTH_ZERO_SELF_SIGNED_CERT: foreign,
  SELF_SIGNED_CERT_IN_CHAIN: foreign,
  UNABLE_TO_GET_ISSUER_CERT: foreign,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: foreign,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: foreign,
  CERT_SIGNATURE_FAILURE: foreign,
  INVALID_PURPOSE: 'its certificate is not one of a controller',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is not for this address: add it to listen.names in the controller’s configuration',
};

export type TlsError = Error & { readonly code?: string };

/** Whether a clock may be wrong; then it is worth asking what time it is there. */
export function isAboutTime({ code }: TlsError): boolean {
  return code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED';
}

export function failureText(error: TlsError, url: string, clocks?: Clocks): string {
  return `${url} cannot be reached: ${isAboutTime(error) ? timeText(error, clocks) : plainText(error)}`;
}

function plainText({ code, message }: TlsError): string {
  const known = code === undefined ? undefined : sentences[code];
  if (known !== undefined) return known;
  // OpenSSL's codes for what it cannot make sense of are many.
  if (code?.startsWith('ERR_SSL_')) return `${noTls} (${code})`;
  return message || (code ?? 'failed');
}

function timeText({ code }: TlsError, clocks: Clocks | undefined): string {
  const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
  const apart = clocks === undefined ? undefined : clocksApart(clocks);
  if (apart !== undefined) return `its certificate ${state} by this host’s clock: ${apart}`;
  const here = clocks === undefined ? '' : ` (it is ${timeOf(clocks.hereMs)})`;
  return `its certificate ${state} by this host’s clock${here}: set the clock, or restart the controller if it is right`;
}

/** Undefined: they agree, or nobody knows. */
export function clocksApart({ hereMs, thereMs }: Clocks): string | undefined {
  if (thereMs === undefined || Math.abs(hereMs - thereMs) < notableMs) return undefined;
  const way = hereMs > thereMs ? 'ahead of' : 'behind';
  const by = duration(Math.abs(hereMs - thereMs));
  return (
    `this host’s clock is ${by} ${way} the controller’s ` +
    `(${timeOf(hereMs)} here, ${timeOf(thereMs)} there): set the one that is wrong`
  );
}

/** What a controller said with a refusal, and whether it may be because of a clock. */
export function refusalText(said: string, url: string, clocks: Clocks): string {
  const sentence = said.trim().split('\n')[0]?.slice(0, 600) || 'it gave no reason';
  const apart = clocksApart(clocks);
  return `${url} refused this host: ${sentence}${apart === undefined ? '' : `; ${apart}`}`;
}

/** Of an HTTP answer. */
export function dateOf(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

function timeOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}

/**
 * An encapsulation: a format with the features that packets of one direction of one pair of hosts have.
 *
 * Its text is what travels in sessions, is compared, stored, logged and shown; two encapsulations are the same
 * exactly when their texts are:
 *
 *   gni 2.0 +lz4 +ip-elision
 *   gni 3.0 +aes-256-gcm +flow-control #12.7      #SENDER'S EPOCH.RECEIVER'S EPOCH of the keys
 *   vxlan
 *
 * Features that a format always has (the CRC of gni 1.1) are not written.
 */
export const ciphers = ['aes-256-gcm', 'chacha20-poly1305'] as const;
export type Cipher = (typeof ciphers)[number];

export const compressions = ['lz4', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

/** What hosts say that they can do beside formats; `encryption` and `compression` by their kinds. */
export const offeredFeatures = ['integrity', ...ciphers, ...compressions, 'ip-elision', 'flow-control'] as const;
export type OfferedFeature = (typeof offeredFeatures)[number];

export interface KeyEpochs {
  /** Number of the sending host's key. */
  readonly source: number;
  readonly destination: number;
}

export interface Encapsulation {
  /** Name of a format: `gni 3.0`. Not checked against this build's: it may be newer. */
  readonly format: string;
  readonly cipher?: Cipher;
  readonly compression?: Compression;
  readonly elision?: boolean;
  readonly flowControl?: boolean;
  readonly keys?: KeyEpochs;
}

/** The one spelling of an encapsulation. */
export function formatEncapsulation(encapsulation: Encapsulation): string {
  const { format, cipher, compression, elision, flowControl, keys } = encapsulation;
  const features = [cipher, compression, elision ? 'ip-elision' : undefined, flowControl ? 'flow-control' : undefined];
  const written = features.flatMap((feature) => (feature === undefined ? [] : [` +${feature}`])).join('');
  return `${format}${written}${keys === undefined ? '' : ` #${keys.source}.${keys.destination}`}`;
}

const shape =
  /^(?<format>[a-z][a-z0-9-]*(?: \d{1,2}(?:\.\d{1,2})?)?)(?<features>(?: \+[a-z0-9-]+)*)(?: #(?<source>\d{1,15})\.(?<destination>\d{1,15}))?$/;

/** Undefined when the text is not the one spelling of an encapsulation with features that this build knows. */
export function parseEncapsulation(text: string): Encapsulation | undefined {
  const groups = shape.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { format = '', features = '', source, destination } = groups;
  const written = features.split(' +').slice(1);
  const cipher = ciphers.find((each) => written.includes(each));
  const compression = compressions.find((each) => written.includes(each));
  const encapsulation: Encapsulation = {
    format,
    ...(cipher === undefined ? {} : { cipher }),
    ...(compression === undefined ? {} : { compression }),
    ...(written.includes('ip-elision') ? { elision: true } : {}),
    ...(written.includes('flow-control') ? { flowControl: true } : {}),
    ...(source === undefined ? {} : { keys: { source: Number(source), destination: Number(destination) } }),
  };
  return formatEncapsulation(encapsulation) === text ? encapsulation : undefined;
}

/** The same for other keys: `undefined` takes them away. */
export function withKeys(text: string, keys: KeyEpochs | undefined): string {
  const plain = text.replace(/ #.*$/, '');
  return keys === undefined ? plain : `${plain} #${keys.source}.${keys.destination}`;
}

/** The format's name: of `gni 3.0 +aes-256-gcm #1.2` it is `gni 3.0`. */
export function formatOf(text: string): string {
  return text.replace(/ [+#].*$/, '');
}

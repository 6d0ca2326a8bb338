/** `docs/gen/wire.md`: formats, header fields, drop reasons and limits as tables for people. */
import { dropReasons } from '../drops.ts';
import { layouts } from '../formats/index.ts';
import { headerLength, type Layout, overheadLength, placeFields, placeOptions } from '../formats/layout.ts';
import { closeCodes, limits, ports } from '../limits.ts';

export function referenceTables(): string {
  return `<!-- Generated from wire/ by \`make generate\`. Do not edit. -->
# Formats, drop reasons, limits

Encapsulated packets travel in UDP, those of the framework \`gni\` to port ${ports.data}; the source port is chosen by
the inner flow. Those of \`gni6\` are IPv4 packets in IPv6 packets (RFC 2473), without UDP.

## Formats

Overhead is what a format adds to an inner packet inside UDP, for \`gni6\` all that it adds: header, tag, Ethernet
header. Features in parentheses are those that a packet may have or not.

| format | header, bytes | overhead, bytes | features | |
| --- | --- | --- | --- | --- |
${layouts.map(formatRow).join('\n')}

${layouts.map(fieldTable).join('\n')}
${payloads}
## Drop reasons

Every discarded packet counts under exactly one of these. \`out\`: from a guest towards the substrate.

| reason | direction | meaning |
| --- | --- | --- |
${dropReasons.map(({ name, direction, doc }) => `| \`${name}\` | ${direction} | ${doc} |`).join('\n')}

## Codes that end a control session

| code | name | meaning |
| --- | --- | --- |
${Object.entries(closeCodes)
  .map(([name, { code, doc }]) => `| ${code} | ${name} | ${doc} |`)
  .join('\n')}

## Limits

| limit | value |
| --- | --- |
${Object.entries(limits)
  .map(([name, value]) => `| ${name} | ${typeof value === 'number' ? value : `${value.min} to ${value.max}`} |`)
  .join('\n')}
`;
}

/** What the layouts do not say; the files named say it in code. */
const payloads = `### Payloads

The sender elides, compresses, seals; the receiver opens, decompresses, rebuilds. The header says what was done to this
packet: what does not fit a packet, or does not pay, is not done to it.

- Elided IPv4 header, 14 bytes (\`wire/elision.ts\`): TOS, TTL, protocol, 0x40 for DF or 0, identification (2),
  source (4), destination (4). Not for packets with options or fragments.
- Elided IPv6 header, 38 bytes: the first 4 bytes with version 0, next header, hop limit, source (16), destination (16).
- Compression (\`wire/compression.ts\`): an LZ4 block without its size, or one zstd frame with a window of at most
  128 KiB; never more than 65,535 bytes come out.
- Sealing (\`wire/seal.ts\`): AES-256-GCM or ChaCha20-Poly1305; associated data is the header, the nonce is the key's
  salt (4 bytes) and the sequence (8). How keys come to be: \`wire/keys.ts\`.
- Ethernet (\`wire/ethernet.ts\`): guests of Weft have the addresses 02:04 and their IPv4 address, or 02:06 and the
  CRC-32C of their IPv6 address. Partial inner checksums are completed by the sender.

A receiver checks in this order, and drops at the first fault: version, length, header, whether the format is accepted;
CRC, or key, tag, replay; whether the features are accepted; compression, elided header; inner packet.
`;

function formatRow(layout: Layout): string {
  const { name, features, always, doc } = layout;
  const words = features.map((feature) => (always.includes(feature) ? feature : `(${feature})`));
  return `| ${name} | ${headerLength(layout)} | ${overheadLength(layout)} | ${words.join(', ') || '–'} | ${doc} |`;
}

function carrying({ versionByte, carrier, inner, tagLength, options }: Layout): string {
  const place =
    carrier === 'ipv6' ? 'No UDP: this is the outer IPv6 header, next header 4.' : `UDP port ${ports[carrier]}.`;
  const known = versionByte === undefined ? place : `First byte 0x${versionByte.toString(16)}.`;
  const option = options === undefined ? '' : ' The last five rows are the option that is sent.';
  const inside = inner === 'ethernet' ? ' An Ethernet frame follows.' : '';
  const tag = tagLength === 0 ? '' : ` A tag of ${tagLength} bytes follows the payload.`;
  return `${known}${option}${inside}${tag}`;
}

function fieldTable(layout: Layout): string {
  const rows = [...placeFields(layout), ...placeOptions(layout)].map(
    ({ bitOffset, bits, role, value, doc }) =>
      `| ${bitOffset} | ${bits} | ${role}${value === undefined ? '' : ` 0x${value.toString(16)}`} | ${doc} |`,
  );
  return `### ${layout.name}

${carrying(layout)}

| first bit | bits | field | |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

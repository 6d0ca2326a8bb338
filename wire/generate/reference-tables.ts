/** `docs/gen/wire.md`: formats, header fields, drop reasons and limits as tables for people. */
import { dropReasons } from '../drops.ts';
import { layouts } from '../formats/index.ts';
import { headerLength, type Layout, overheadLength, placeFields, placeOptions } from '../formats/layout.ts';
import { closeCodes, limits, ports } from '../limits.ts';

export function referenceTables(): string {
  return `<!-- Generated from wire/ by \`make generate\`. Do not edit. -->
# Formats, drop reasons, limits

Encapsulated packets travel in UDP, those of the framework \`gni\` to port ${ports.data}; the source port is chosen by
the inner flow.

## Formats

Overhead is what a format adds to an inner packet inside UDP: header, tag, Ethernet header. Features in parentheses
are those that a packet may have or not.

| format | header, bytes | overhead, bytes | features | |
| --- | --- | --- | --- | --- |
${layouts.map(formatRow).join('\n')}

${layouts.map(fieldTable).join('\n')}
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

function formatRow(layout: Layout): string {
  const { name, features, always, doc } = layout;
  const words = features.map((feature) => (always.includes(feature) ? feature : `(${feature})`));
  return `| ${name} | ${headerLength(layout)} | ${overheadLength(layout)} | ${words.join(', ') || '–'} | ${doc} |`;
}

function carrying({ versionByte, carrier, inner, tagLength, options }: Layout): string {
  const known = versionByte === undefined ? `UDP port ${ports[carrier]}.` : `First byte 0x${versionByte.toString(16)}.`;
  const option = options === undefined ? '' : ' The last five rows are the option that is sent.';
  const inside = inner === 'ethernet' ? ' An Ethernet frame follows.' : '';
  const tag = tagLength === 0 ? '' : ` A tag of ${tagLength} bytes follows the payload.`;
  return `${known}${option}${inside}${tag}`;
}

function fieldTable(layout: Layout): string {
  const rows = [...placeFields(layout), ...placeOptions(layout)].map(
    ({ bitOffset, bits, role, doc }) => `| ${bitOffset} | ${bits} | ${role} | ${doc} |`,
  );
  return `### ${layout.name}

${carrying(layout)}

| first bit | bits | field | |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** `docs/gen/wire.md`: formats, header fields, drop reasons and limits as tables for people. */
import { dropReasons } from '../drops.ts';
import { layouts } from '../formats/index.ts';
import { headerLength, type Layout, placeFields } from '../formats/layout.ts';
import { closeCodes, limits, ports } from '../limits.ts';

export function referenceTables(): string {
  return `<!-- Generated from wire/ by \`make generate\`. Do not edit. -->
# Formats, drop reasons, limits

Encapsulated packets travel in UDP to port ${ports.data}; the source port is chosen by the inner flow.

## Formats

| format | header, bytes | features | |
| --- | --- | --- | --- |
${layouts.map((layout) => `| ${layout.name} | ${headerLength(layout)} | ${layout.features.join(', ') || '–'} | ${layout.doc} |`).join('\n')}

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

function fieldTable(layout: Layout): string {
  const rows = placeFields(layout).map(
    ({ bitOffset, bits, role, doc }) => `| ${bitOffset} | ${bits} | ${role} | ${doc} |`,
  );
  return `### ${layout.name}

First byte 0x${layout.versionByte.toString(16)}.

| first bit | bits | field | |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

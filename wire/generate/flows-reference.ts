/** `docs/gen/flows.md`: the fields of flow records. */
import { type FlowField, flowFields } from '../flows.ts';

export function flowsReference(): string {
  const fields: readonly FlowField[] = flowFields;
  return `<!-- Generated from wire/flows.ts by \`make generate\`. Do not edit. -->
# Fields of flow records

An agent with key \`flows\` writes one JSON object a line for each sampled packet. Names with a number are IPFIX's.

| field | IPFIX | meaning |
| --- | --- | --- |
${fields.map(({ name, element, doc }) => `| \`${name}\` | ${element ?? '–'} | ${doc} |`).join('\n')}
`;
}

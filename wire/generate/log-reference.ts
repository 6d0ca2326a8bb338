/** `docs/gen/logs.md`: the fields of log lines. */
import { logFields } from '../log-fields.ts';

export function logReference(): string {
  return `<!-- Generated from wire/log-fields.ts by \`make generate\`. Do not edit. -->
# Fields of log lines

Agent and controller write one JSON object a line to standard output, which systemd's journal keeps
(\`journalctl -u weft-agent -o cat\`). They use no other fields.

| field | meaning |
| --- | --- |
${logFields.map(({ name, doc }) => `| \`${name}\` | ${doc} |`).join('\n')}
`;
}

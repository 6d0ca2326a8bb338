/** `docs/gen/events.md`: the codes of events. */
import { agentEvents, controllerEvents, type EventKind, eventLimits } from '../events.ts';

export function eventsReference(): string {
  return `<!-- Generated from wire/ by \`make generate\`. Do not edit. -->
# Events

\`weft events\` (\`GET /v1/events\`) shows them. The controller keeps the newest ${eventLimits.kept} in memory; an agent keeps 256
while it has no controller. An agent of another version may report codes that are not listed here.

## Of agents

${rows(agentEvents)}

## Of the controller

${rows(controllerEvents)}
`;
}

function rows(events: readonly EventKind[]): string {
  return ['| code | meaning |', '| --- | --- |', ...events.map(({ code, doc }) => `| \`${code}\` | ${doc} |`)].join(
    '\n',
  );
}

/**
 * The agent's configuration as `weft join` writes it: a file that is there keeps everything else, comments too. Pure.
 */
import { Document, isMap, isSeq, parseDocument } from 'yaml';
import { parseAddress } from '../../wire/address.ts';
import { ConfigError } from '../../wire/config-file.ts';

export interface JoinedConfig {
  readonly host: string;
  /** wss://ADDRESS:PORT */
  readonly controller: string;
  /** Undefined: as they are in the file. */
  readonly addresses: readonly string[] | undefined;
  /** Bound to the host by its token. */
  readonly labels: Readonly<Record<string, string>>;
}

const heading = ' /etc/weft/agent.yaml: written by `weft join`; examples/agent.yaml has all keys';

/** Throws a ConfigError for a text that is no YAML mapping. */
export function writeJoined(text: string, file: string, joined: JoinedConfig): string {
  const document = open(text, file);
  const { host, controller, addresses, labels } = joined;
  document.set('host', host);
  setList(document, ['controllers'], [controller]);
  if (addresses !== undefined) setList(document, ['substrate', 'addresses'], addresses);
  for (const [key, value] of Object.entries(labels)) document.setIn(['labels', key], value);
  return document.toString();
}

/** Written as the one before, with its comments. */
function setList(document: Document, path: readonly string[], values: readonly string[]): void {
  const before = document.getIn(path, true);
  const list = document.createNode(values);
  if (isSeq(before) && isSeq(list)) {
    const { comment, commentBefore, flow } = before;
    Object.assign(list, { comment, commentBefore, flow });
  }
  document.setIn(path, list);
}

/** Substrate addresses that the file names. */
export function addressesIn(text: string, file: string): readonly string[] {
  const named = open(text, file).getIn(['substrate', 'addresses']);
  return isSeq(named) ? (named.toJSON() as unknown[]).map((each) => parseAddress(String(each)) ?? String(each)) : [];
}

function open(text: string, file: string): Document {
  const document = parseDocument(text);
  const [first] = document.errors;
  if (first !== undefined) {
    const { line = 1, col = 1 } = first.linePos?.[0] ?? {};
    throw new ConfigError([`${file}:${line}:${col}: ${first.message.split('\n')[0]}`]);
  }
  if (document.contents === null) {
    const empty = new Document({});
    empty.commentBefore = heading;
    return empty;
  }
  if (isMap(document.contents)) return document;
  throw new ConfigError([`${file}:1:1: it is no YAML mapping, expected keys and values`]);
}

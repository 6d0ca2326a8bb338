/** What becomes of sampled packets: lines of a file, where key `flows` names one. */
import { flowRecord } from '../../wire/flows.ts';
import type { Flow } from '../../wire/status.ts';
import { type Clock, every } from '../clock.ts';
import type { AgentConfig } from '../config.ts';
import type { DataPath } from '../datapath/datapath.ts';
import type { Journal } from '../journal.ts';
import { FlowFile } from './file.ts';

/** The engine keeps a thousand of each worker meanwhile. */
const collectMs = 500;

export class Flows {
  /** Undefined: none is written. */
  readonly file: FlowFile | undefined;
  private readonly cancel: () => void = () => undefined;

  constructor(
    { host, flows }: Pick<AgentConfig, 'host' | 'flows'>,
    datapath: DataPath,
    clock: Clock,
    journal: Journal,
  ) {
    if (flows === undefined) return;
    const collect = () => datapath.collectFlows();
    this.cancel = every(clock, () => collectMs, collect);
    if (flows.file === undefined) return;
    const { file: path, maxBytes, files, sampling } = flows;
    const onFailure = (error: Error) => journal.error('flows', `${error.message}; flow records are lost meanwhile`);
    const file = new FlowFile({ path, maxBytes, files, clock, onFailure });
    this.file = file;
    const context = { host, sampling };
    datapath.whenFlow((flow: Flow) => file.add(JSON.stringify(flowRecord(flow, context))));
  }

  async close(): Promise<void> {
    this.cancel();
    await this.file?.close();
  }
}

/** Brings a value that changes to its file: one write at a time, and again while the disk fails. */
import type { Clock } from '../clock.ts';
import { encodeStateFile, writeStateFile } from './file.ts';

const retry = { firstMs: 250, mostMs: 10_000 } as const;

export interface WriterOptions {
  readonly path: string;
  readonly content: () => unknown;
  readonly clock: Clock;
  /** Once for each reason, until a write succeeds again. */
  readonly onFailure: (error: Error) => void;
}

export class Writer {
  private readonly options: WriterOptions;
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private last = '';
  private retrying: Promise<void> | undefined;
  private cancelRetry: () => void = () => undefined;
  private complaint = '';
  private closed = false;

  constructor(options: WriterOptions) {
    this.options = options;
  }

  /** Ends when the value as it is now is on disk. Calls that come during a write share the next one. */
  write(): Promise<void> {
    this.next ??= this.after(this.running);
    return this.next;
  }

  /** As `write`, but tries again until it succeeds. Ends with an error only when the writer is closed before. */
  async keep(): Promise<void> {
    try {
      await this.write();
    } catch (error) {
      this.complain(error as Error);
      this.retrying ??= this.tryAgain().finally(() => {
        this.retrying = undefined;
      });
      await this.retrying;
    }
  }

  /** Ends when what was asked for so far is on disk. */
  async kept(): Promise<void> {
    try {
      await (this.next ?? this.running);
    } catch {
      await this.keep();
    }
  }

  /** Writes once more and no longer tries again. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelRetry();
    await this.write().catch((error: Error) => this.complain(error));
  }

  private async tryAgain(): Promise<void> {
    for (let waitMs: number = retry.firstMs; ; waitMs = Math.min(waitMs * 2, retry.mostMs)) {
      if (this.closed) throw new Error(`${this.options.path} could not be written before the agent stopped`);
      await this.pause(waitMs);
      try {
        await this.write();
        return;
      } catch (error) {
        this.complain(error as Error);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.options.clock.after(ms, resolve);
      this.cancelRetry = () => {
        cancelTimer();
        resolve();
      };
    });
  }

  private complain(error: Error): void {
    if (error.message === this.complaint) return;
    this.complaint = error.message;
    this.options.onFailure(error);
  }

  private async after(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    const turn = this.next;
    if (turn !== undefined) this.running = turn;
    this.next = undefined;
    const text = encodeStateFile(this.options.content());
    if (text === this.last) return;
    await writeStateFile(this.options.path, text);
    this.last = text;
    this.complaint = '';
  }
}

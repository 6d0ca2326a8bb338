/**
 * A terminal taken for a full-screen view, and given back as it was: when the view ends, on an error, and when the
 * process exits in whatever way it still can act on.
 */
import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

/** The other screen, no cursor; and back. */
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[0m\u001b[?25h\u001b[?1049l';
const stdout = 1;
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export interface TerminalEvents {
  readonly onKey: (key: string) => void;
  readonly onResize: () => void;
  /** The terminal is gone. */
  readonly onHangup: () => void;
}

export class Terminal implements Disposable {
  readonly #input: ReadStream | undefined;
  readonly #output: WriteStream;
  readonly #events: TerminalEvents;
  #isTaken = false;
  readonly #giveBack = () => this.#restore();
  readonly #keys = (text: string) => {
    for (const key of splitKeys(text)) this.#events.onKey(key);
  };

  /** `input`: undefined where keys come from no terminal; the terminal destroys it. */
  constructor(input: ReadStream | undefined, output: WriteStream, events: TerminalEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
    process.once('exit', this.#giveBack);
    process.once('SIGHUP', events.onHangup);
    output.on('resize', events.onResize);
    input?.setRawMode(true);
    input?.setEncoding('utf8');
    input?.on('data', this.#keys);
    input?.once('end', events.onHangup);
    this.#isTaken = true;
    output.write(enter);
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#output.columns || 80, height: this.#output.rows || 24 };
  }

  draw(lines: readonly string[]): void {
    this.#output.write(`${home}${lines.map((line) => `${line}${clearLine}`).join('\r\n')}${clearBelow}`);
  }

  [Symbol.dispose](): void {
    this.#restore();
    process.off('exit', this.#giveBack);
    process.off('SIGHUP', this.#events.onHangup);
    this.#output.off('resize', this.#events.onResize);
    this.#input?.destroy();
  }

  /** Synchronous: an exiting process gives streams no turn. */
  #restore(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    try {
      this.#input?.setRawMode(false);
      writeSync(stdout, leave);
    } catch {
      // A terminal that is gone needs nothing back.
    }
  }
}

/** Keys that came in one piece: escape sequences whole, everything else one by one. */
export function splitKeys(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how keys begin
  return text.match(/\u001b\[[0-9;]*[A-Za-z~]|[\s\S]/gu) ?? [];
}

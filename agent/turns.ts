/** Tasks of one name run one after the other, and no more than a few at the same time over all names. */
export class Turns {
  private readonly most: number;
  private readonly tails = new Map<string, Promise<unknown>>();
  private readonly queue: (() => void)[] = [];
  private running = 0;

  constructor(most: number) {
    this.most = most;
  }

  take<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(name) ?? Promise.resolve();
    const turn = before.then(
      () => this.whenFree(task),
      () => this.whenFree(task),
    );
    this.tails.set(name, turn);
    const leave = () => {
      if (this.tails.get(name) === turn) this.tails.delete(name);
    };
    turn.then(leave, leave);
    return turn;
  }

  /** Ends when nothing is under way. */
  async settled(): Promise<void> {
    while (this.tails.size > 0) await Promise.allSettled([...this.tails.values()]);
  }

  private async whenFree<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.most) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.running++;
    try {
      return await task();
    } finally {
      // The place goes to the next in the queue, if there is one.
      const next = this.queue.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}

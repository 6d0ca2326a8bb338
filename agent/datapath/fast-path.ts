/**
 * Opens the fast path where the operator wants it and the kernel takes it. It is never a reason not to start: without
 * it the engine carries everything, and what is missing is said.
 */
import type { EngineOptions, FastPathMode, FastPathOptions, NativeAddon } from '../../native/index.ts';

export interface FastPathWish extends Pick<FastPathOptions, 'directory' | 'sizes' | 'flowSampling'> {
  /** `auto`: what the kernel takes; `xdp` is asked for by name, since it needs a network card that is good at it. */
  readonly mode: 'auto' | FastPathMode | 'off';
}

export interface FastPathOpened {
  /** Undefined: there is none. */
  readonly mode: FastPathMode | undefined;
  /** Why there is none; empty when there is. */
  readonly why: string;
  /** One sentence each: what is wanted and cannot be had. */
  readonly problems: readonly string[];
}

type Told = Pick<EngineOptions, 'udpPort' | 'substrateAddresses' | 'foreign'>;

/** `open` throws one clear sentence. */
export function openFastPath(
  native: Pick<NativeAddon, 'probeFastPath'>,
  { mode: wanted, ...wish }: FastPathWish,
  told: Told,
  open: (options: FastPathOptions) => void,
): FastPathOpened {
  if (wanted === 'off') return { mode: undefined, why: "it is switched off by key 'fastPath'", problems: [] };
  const { udpPort, substrateAddresses, foreign } = told;
  const problems: string[] = [];
  try {
    const found = native.probeFastPath();
    const modes = modesToTry(wanted, found.modes);
    if (modes.length === 0) problems.push(...found.problems);
    else if (wanted === 'xdp' && !modes.includes('xdp'))
      problems.push(`mode xdp of the fast path cannot be had: ${found.problems.join('; ') || 'the kernel lacks it'}`);
    for (const mode of modes) {
      const why = attempt(() => open({ ...wish, mode, udpPort, substrateAddresses, foreign }));
      if (why === undefined) return { mode, why: '', problems };
      problems.push(`mode ${mode}: ${why}`);
    }
  } catch (error) {
    problems.push((error as Error).message);
  }
  const why = problems.join('; ') || 'the kernel takes none of its programs';
  return { mode: undefined, why, problems: [`the engine carries everything, there is no fast path: ${why}`] };
}

/**
 * What a former run left in the kernel would go on by tables that nobody changes any more, also when it pinned them
 * elsewhere. Undefined when nothing is left, or one sentence.
 */
export function removeFormerFastPath(
  native: Pick<NativeAddon, 'removeFastPath'>,
  directory: string,
): string | undefined {
  return attempt(() => native.removeFastPath(directory));
}

function modesToTry(wanted: 'auto' | FastPathMode, found: readonly FastPathMode[]): FastPathMode[] {
  const order: readonly FastPathMode[] = wanted === 'xdp' ? ['xdp', 'tc'] : ['tc'];
  return order.filter((mode) => found.includes(mode));
}

/** Undefined when it worked, else the sentence. */
function attempt(task: () => void): string | undefined {
  try {
    task();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

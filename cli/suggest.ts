/** Of a name that the controller does not know: which one was meant, of those that whoever asks may see. */
import { nearest } from '../wire/nearest.ts';
import { ApiProblem } from './client.ts';
import { Problem } from './problem.ts';

/** The same failure, with advice where a name is near; `names` are asked for only then. */
export async function withSuggestion<T>(
  result: Promise<T>,
  name: string,
  names: () => Promise<readonly string[]>,
): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'unknown') throw error;
    const meant = nearest(name, await names().catch(() => []));
    if (meant === undefined || meant === name) throw error;
    throw new Problem(`${error.message}; did you mean '${meant}'?`, { code: error.code, cause: error });
  }
}

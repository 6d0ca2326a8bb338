/** Loads the native addon: apart, so that tests and `--help` do not need it. */
import { loadNative, type NativeAddon } from '../../native/index.ts';

/** Throws with advice when it is not built. */
export function loadDataPlane(): NativeAddon {
  return loadNative();
}

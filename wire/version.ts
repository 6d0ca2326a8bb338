/** The version of this tree, from package.json: what agent, controller and command line say of themselves. */
import packageJson from '../package.json' with { type: 'json' };

export const version: string = packageJson.version;

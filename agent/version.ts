/** The agent's version: one place, `package.json`. */

import packageJson from '../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

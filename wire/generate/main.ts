/** `make generate`: writes everything that is derived from `wire/`; prints what changed. */
import { join } from 'node:path';
import { generated } from './generated.ts';
import { writeGenerated } from './write.ts';

writeGenerated(join(import.meta.dirname, '../..'), generated());

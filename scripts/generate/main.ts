/** The second half of `make generate`: writes the references of commands, configuration and API. */
import { join } from 'node:path';
import { writeGenerated } from '../../wire/generate/write.ts';
import { generated } from './generated.ts';

writeGenerated(join(import.meta.dirname, '../..'), await generated());

/** `weft doctor`: is this machine fit to be a host, or a controller; what is wrong with it, and how to mend that. */
import { Option } from 'commander';
import type { Context, Family } from '../context.ts';
import { gatherFacts } from '../doctor/gather.ts';
import { judge } from '../doctor/index.ts';
import { type PlaceOptions, placeOptions, placesOf } from '../doctor/places.ts';
import { showFindings } from '../doctor/show.ts';
import { outputOptions } from '../output-format.ts';

interface Options extends PlaceOptions {
  readonly role?: 'agent' | 'controller';
}

export const family: Family = (program, context) => {
  const command = program
    .command('doctor')
    .description('check this machine: kernel, rights, devices, clock, ports, certificates, agent; and how to mend it')
    .addOption(
      new Option('--role <role>', 'what it is, or shall be; else what it has configuration for').choices([
        'agent',
        'controller',
      ]),
    )
    .addHelpText('after', '\nThe exit code is 0 when there is no problem, 1 when there is one; warnings do not count.');
  outputOptions(placeOptions(command)).action((options: Options) => examine(context, options));
};

async function examine(context: Context, options: Options): Promise<void> {
  const { output, now } = context;
  const facts = await gatherFacts(placesOf(context, options, options.role), now);
  const found = judge(facts);
  output.show({ checks: found }, () => showFindings(output, found));
  if (found.some(({ verdict }) => verdict === 'problem')) context.setExitCode(1);
}

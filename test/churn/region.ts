/** Two hosts and one cloud: where guests come and go. */
import type { LabFile } from '../../lab/index.ts';

export function churnLab(name: string): LabFile {
  return {
    name,
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/16', 'fd00:10::/64'] }],
  };
}

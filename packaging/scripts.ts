/** Maintainer scripts of a package: templates in debian/, with its units and users filled in. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, type PackageName, servicesOf } from './contents.ts';
import { fillScript } from './control.ts';

export const scriptNames = ['postinst', 'prerm', 'postrm'] as const;

export function scriptsOf(
  root: string,
  name: PackageName,
  entries: readonly Entry[],
): Readonly<Record<string, string>> {
  const { units, users, sysusers, tmpfiles } = servicesOf(entries, name);
  const role = name.slice('weft-'.length);
  const services = units.filter((unit) => unit === `${name}.service`);
  const lists = { units, users, sysusers, tmpfiles, services, role: [role] };
  const templates = scriptNames.flatMap((script) => {
    const file = [`${role}.${script}`, `service.${script}`]
      .map((base) => join(root, 'packaging/debian', base))
      .find((path) => existsSync(path));
    return file === undefined || services.length === 0 ? [] : [[script, file] as const];
  });
  return Object.fromEntries(templates.map(([script, file]) => [script, fillScript(readFileSync(file, 'utf8'), lists)]));
}

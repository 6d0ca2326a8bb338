/**
 * Boots a kernel with an initramfs under QEMU and returns what the machine said. Always emulated (-accel tcg): that
 * works in containers and inside other virtual machines, where /dev/kvm may be there and not answer.
 */
import { readFile, rm } from 'node:fs/promises';
import { run } from '../../lab/run.ts';
import type { Kernel } from './packages.ts';

const memoryMb = 768;
/** What the machine may use, and how long that may take where others use the processors as well. */
const cpuSeconds = 120;
const timeoutMs = 300_000;

/** What the port needs through which the machine talks. */
export const machineModules = ['virtio_pci', 'virtio_console'] as const;

export interface Said {
  /** What the first process printed. */
  readonly text: string;
  readonly qemuErrors: string;
}

/** The machine's words go to `folder`.said, the kernel's own to `folder`.console. Killed when its time is over. */
export async function boot(kernel: Kernel, archive: string, folder: string): Promise<Said> {
  const said = `${folder}.said`;
  const argv = [
    ...['prlimit', `--cpu=${cpuSeconds}`, 'qemu-system-x86_64'],
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', `${memoryMb}M`],
    ...['-display', 'none', '-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-kernel', kernel.image, '-initrd', archive],
    ...['-append', 'console=ttyS0 panic=-1 quiet loglevel=5 mitigations=off'],
    ...['-serial', `file:${folder}.console`, '-device', 'virtio-serial-pci'],
    // A file, and not stdio: there the port counts as closed once our end of it is, and the machine waits for ever.
    ...['-chardev', `file,id=said,path=${said}`, '-device', 'virtserialport,chardev=said'],
  ];
  await rm(said, { force: true });
  const { stderr } = await run(argv, { timeoutMs });
  const text = await readFile(said, 'utf8').catch(() => '');
  return { text, qemuErrors: stderr };
}

import { readFileSync } from 'node:fs';

/**
 * Largest resident memory of this process so far [MB]. On Linux from /proc, because `maxRSS` there starts with what the
 * parent held when it forked.
 */
export function peakRssMb(): number {
  const kibibytes = fromProc() ?? process.resourceUsage().maxRSS;
  return Math.round((kibibytes * 1024) / 1e5) / 10;
}

function fromProc(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

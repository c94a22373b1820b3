import { inputError } from '../../engine/core/errors.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { readTool } from '../../engine/formats/tool.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { readTextInput } from '../inputs/files.ts';

export interface ToolSettings {
  /** Tool file: link, shaft and tip. */
  readonly tool?: string;
  /** Trocar that the shaft stays in [m, base frame]. */
  readonly rcm?: readonly [number, number, number];
}

/**
 * The tool that is led: that of the file, else the arm's tip link itself.
 *
 * @throws IsocenterError `guide/no-tool` for a trocar without a tool, `tool/...`
 */
export async function loadLedTool({ tool, rcm }: ToolSettings, tipLink: string): Promise<ToolSpec> {
  if (tool !== undefined) {
    return readTool((await readTextInput(tool, 'tool', 'give a YAML file with link and length')).text, tool);
  }
  if (rcm !== undefined) {
    const hint = 'give --tool FILE.yaml with link and length';
    throw inputError('guide/no-tool', '--rcm needs a tool whose shaft passes through the trocar', hint);
  }
  return bareTip(tipLink);
}

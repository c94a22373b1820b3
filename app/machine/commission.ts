import { basename, dirname } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { fixed } from '../../engine/core/text-table.ts';
import { commission } from '../../planners/radiation/machine/commission.ts';
import { type BeamModel, beamModelText, parseBeamModel } from '../../planners/radiation/machine/model.ts';
import {
  parseMachineParams,
  parseOutputFactors,
  parsePrimaryFluence,
  parseTprTable,
} from '../../planners/radiation/machine/tables.ts';
import { readTextInput } from '../inputs/files.ts';
import { remarksText } from '../output/evaluation-text.ts';
import { OutputFiles } from '../output/files.ts';
import { checkpoint, type Session } from '../session.ts';
import { version } from '../version.ts';

export interface CommissionSettings {
  readonly tpr: string;
  readonly outputFactors: string;
  readonly primaryFluence: string;
  readonly params: string;
  readonly name: string;
  /** File to write. */
  readonly out: string;
}

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/** Fits a beam model to the tables and writes it; returns what to print. */
export async function runCommission(settings: CommissionSettings, { signal, progress }: Session): Promise<string> {
  const { name, out } = settings;
  if (!namePattern.test(name)) {
    throw inputError(
      'machine/name',
      `--name ${JSON.stringify(name)} is no name for a machine`,
      'give 1 to 64 letters, digits, blanks, dots, dashes or underscores, starting with a letter or digit',
    );
  }
  const output = OutputFiles.open(dirname(out), [basename(out)], 'out');
  try {
    progress.show('reading', true);
    const read = (path: string, option: string) =>
      readTextInput(path, option, `give --${option} a file with that table`);
    const tables = await Promise.all([
      read(settings.tpr, 'tpr'),
      read(settings.outputFactors, 'output-factors'),
      read(settings.primaryFluence, 'primary-fluence'),
      read(settings.params, 'params'),
    ]);
    const [tpr, outputFactors, primaryFluence, paramsText] = tables;
    const params = parseMachineParams(paramsText.text, settings.params);
    progress.show('fitting', true);
    await checkpoint(signal);
    const model = commission({
      name,
      description: `${params.energyMV} MV photon beam, commissioned with isocenter ${version()}`,
      tpr: parseTprTable(tpr.text, settings.tpr),
      outputFactors: parseOutputFactors(outputFactors.text, settings.outputFactors),
      primaryFluence: parsePrimaryFluence(primaryFluence.text, settings.primaryFluence),
      params,
      provenance: {
        source: 'measured tables given to isocenter machine commission',
        licence: '',
        inputs: tables.map(({ record }) => ({ file: basename(record.name), sha256: record.sha256 ?? '' })),
      },
    });
    const text = beamModelText(model);
    parseBeamModel(text, out);
    await checkpoint(signal);
    output.write(basename(out), text);
    output.commit();
    return summary(model, out) + remarksText(params.warnings, []);
  } finally {
    output.discard();
    progress.clear();
  }
}

function summary(model: BeamModel, out: string): string {
  const { tprRmsPercent, tprMaxPercent, buildUpRmsPercent, outputFactorMaxPercent } = model.provenance.residuals;
  return [
    `Machine ${model.name}: ${model.description}`,
    '  the fit against its own tables',
    `    tissue-phantom ratios  ${fixed(tprRmsPercent, 2)} % rms, ${fixed(tprMaxPercent, 2)} % at most, ` +
      `${fixed(buildUpRmsPercent, 2)} % rms in the build-up`,
    `    output factors         ${fixed(outputFactorMaxPercent, 2)} % at most`,
    `Written to ${out}: see it with isocenter machine report, use it with isocenter plan --machine`,
    '',
  ].join('\n');
}

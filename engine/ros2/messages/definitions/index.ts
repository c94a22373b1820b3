import type { Distro, InterfaceSource } from '../types.ts';
import { CONTROL_MSGS, CONTROL_MSGS_OF_HUMBLE, CONTROL_MSGS_SINCE_KILTED } from './control-msgs.ts';
import { CRTK_MSGS } from './crtk-msgs.ts';
import { GRAPH_MSGS, GRAPH_MSGS_OF_HUMBLE } from './graph-msgs.ts';
import { SERVICES, SERVICES_SINCE_JAZZY } from './services.ts';
import type { DefinitionTexts } from './texts.ts';
import { TYPE_DESCRIPTION } from './type-description.ts';

/** The definitions of a distribution that the library of common messages does not have. */
export function definitionTexts(distro: Distro): InterfaceSource[] {
  const texts: DefinitionTexts = {
    ...SERVICES,
    ...GRAPH_MSGS,
    ...CRTK_MSGS,
    ...CONTROL_MSGS,
    ...(distro === 'humble'
      ? { ...GRAPH_MSGS_OF_HUMBLE, ...CONTROL_MSGS_OF_HUMBLE }
      : { ...SERVICES_SINCE_JAZZY, ...TYPE_DESCRIPTION }),
    ...(distro === 'kilted' || distro === 'rolling' ? CONTROL_MSGS_SINCE_KILTED : {}),
  };
  return Object.entries(texts).map(([name, text]) => ({ name, text, file: `${name}.${name.split('/')[1]}` }));
}

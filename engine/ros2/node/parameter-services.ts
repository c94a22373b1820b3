import { rosTime } from '../messages/time.ts';
import type { RosMessage } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { DdsNode } from './dds-node.ts';
import { parameterMessage, parameterOf, typeNumber } from './parameter-messages.ts';
import type { NodeParameters } from './parameters.ts';
import type { ParameterValue } from './types.ts';

/** What `ros2 param` calls, under the node's own name, and /parameter_events. */
export function serveParameters(node: DdsNode, parameters: NodeParameters): () => void {
  const { interfaces } = node;
  const serve = (name: string, type: string, handle: (request: RosMessage) => RosMessage) =>
    node.openService(`${node.fullName}/${name}`, interfaces.service(`rcl_interfaces/srv/${type}`), handle);
  const namesOf = (request: RosMessage) => request.names as readonly string[];
  const set = (each: RosMessage): RosMessage => {
    const value = parameterOf(each.value as RosMessage);
    const name = String(each.name);
    const refused = parameters.refusal(name, value) ?? parameters.set(name, value as ParameterValue);
    return { successful: refused === undefined, reason: refused ?? '' };
  };
  const services = [
    serve('get_parameters', 'GetParameters', (request) => ({
      values: namesOf(request).map((name) => parameterMessage(parameters.get(name), parameters.kind(name))),
    })),
    serve('get_parameter_types', 'GetParameterTypes', (request) => ({
      types: Uint8Array.from(namesOf(request), (name) => typeNumber(parameters.kind(name))),
    })),
    serve('set_parameters', 'SetParameters', (request) => ({
      results: (request.parameters as readonly RosMessage[]).map(set),
    })),
    serve('set_parameters_atomically', 'SetParametersAtomically', (request) => {
      const wanted = request.parameters as readonly RosMessage[];
      const refused = wanted
        .map((each) => parameters.refusal(String(each.name), parameterOf(each.value as RosMessage)))
        .find((reason) => reason !== undefined);
      if (refused === undefined) for (const each of wanted) set(each);
      return { result: { successful: refused === undefined, reason: refused ?? '' } };
    }),
    serve('list_parameters', 'ListParameters', (request) => list(parameters, request)),
    serve('describe_parameters', 'DescribeParameters', (request) => ({
      descriptors: namesOf(request).map((name) => ({ name, type: typeNumber(parameters.kind(name)) })),
    })),
  ];
  const events = node.openPublisher(
    '/parameter_events',
    interfaces.message('rcl_interfaces/msg/ParameterEvent'),
    QOS_PROFILES.parameter_events,
  );
  const known = new Set<string>();
  const stop = parameters.onChange((name, value) => {
    const change = [{ name, value: parameterMessage(value, parameters.kind(name)) }];
    const isNew = !known.has(name);
    known.add(name);
    events.publish({
      stamp: rosTime(node.now()),
      node: node.fullName,
      ...(isNew ? { new_parameters: change } : { changed_parameters: change }),
    });
  });
  return () => {
    stop();
    events.close();
    for (const service of services) service.close();
  };
}

/** Names below the prefixes, no deeper than the depth (0: all), and the prefixes that they have. */
function list(parameters: NodeParameters, request: RosMessage): RosMessage {
  const prefixes = request.prefixes as readonly string[];
  const depth = Number(request.depth);
  const names = parameters.names.filter((name) => {
    const levels = (text: string) => text.split('.').length;
    if (prefixes.length === 0) return depth === 0 || levels(name) <= depth;
    return prefixes.some((prefix) => {
      if (name !== prefix && !name.startsWith(`${prefix}.`)) return false;
      return depth === 0 || levels(name) - levels(prefix) <= depth;
    });
  });
  const found = new Set(names.filter((name) => name.includes('.')).map((name) => name.slice(0, name.lastIndexOf('.'))));
  return { result: { names: names.sort(), prefixes: [...found].sort() } };
}

import { definitionError, parseStructure } from './definition.ts';
import { type InterfaceKind, splitName } from './names.ts';
import { type Field, plainField, type Structure, structField } from './structure.ts';
import { renderFields } from './text.ts';
import type { InterfaceSource } from './types.ts';

const ACTION_PARTS = /_(Goal|Result|Feedback|FeedbackMessage|(SendGoal|GetResult)(_Request|_Response|_Event)?)$/;

/** The interface that a structure is part of: `std_srvs/srv/SetBool` for `std_srvs/srv/SetBool_Request`. */
export function interfaceOf(name: string): string {
  const { kind } = splitName(name);
  if (kind === 'srv') return name.replace(/_(Request|Response|Event)$/, '');
  return kind === 'action' ? name.replace(ACTION_PARTS, '') : name;
}

/**
 * All structures of an interface: of a service its request, response and event, of an action also those of its services
 * and its feedback message, as rosidl derives them.
 *
 * @throws IsocenterError `ros2/definition` with file and line
 */
export function expandInterface(source: InterfaceSource): Structure[] {
  const { name, text, file } = source;
  const { kind } = splitName(name);
  const parts = sections(text);
  const wanted = { msg: 1, srv: 2, action: 3 }[kind];
  if (parts.length !== wanted) {
    throw definitionError(
      file,
      parts.at(-1)?.line ?? 1,
      `${parts.length} parts between lines of ---, not ${wanted}`,
      HINTS[kind],
    );
  }
  const parse = (i: number, partName: string): Structure =>
    parseStructure(partName, parts[i].text, file, parts[i].line);
  if (kind === 'msg') return [parse(0, name)];
  if (kind === 'srv') return serviceStructures(name, parse(0, `${name}_Request`), parse(1, `${name}_Response`));
  return [
    parse(0, `${name}_Goal`),
    parse(1, `${name}_Result`),
    parse(2, `${name}_Feedback`),
    ...actionStructures(name, file),
  ];
}

const HINTS: Readonly<Record<InterfaceKind, string>> = {
  msg: 'a message has no line of ---',
  srv: 'a service is a request, a line of --- and a response',
  action: 'an action is a goal, a result and feedback, with lines of --- between them',
};

/** The structures by which rosidl describes a whole service or action: only for its type hash. */
export function wholeInterface(name: string, kind: 'srv' | 'action'): Structure {
  const members =
    kind === 'srv'
      ? { request_message: 'Request', response_message: 'Response', event_message: 'Event' }
      : {
          goal: 'Goal',
          result: 'Result',
          feedback: 'Feedback',
          send_goal_service: 'SendGoal',
          get_result_service: 'GetResult',
          feedback_message: 'FeedbackMessage',
        };
  return derived(
    name,
    Object.entries(members).map(([field, part]) => structField(field, `${name}_${part}`)),
    '',
  );
}

function actionStructures(name: string, file: string): Structure[] {
  const goalId = structField('goal_id', 'unique_identifier_msgs/msg/UUID');
  const sendGoal = `${name}_SendGoal`;
  const getResult = `${name}_GetResult`;
  return [
    wholeInterface(sendGoal, 'srv'),
    ...serviceStructures(
      sendGoal,
      derived(`${sendGoal}_Request`, [goalId, structField('goal', `${name}_Goal`)], file),
      derived(
        `${sendGoal}_Response`,
        [plainField('accepted', 'bool'), structField('stamp', 'builtin_interfaces/msg/Time')],
        file,
      ),
    ),
    wholeInterface(getResult, 'srv'),
    ...serviceStructures(
      getResult,
      derived(`${getResult}_Request`, [goalId], file),
      derived(`${getResult}_Response`, [plainField('status', 'int8'), structField('result', `${name}_Result`)], file),
    ),
    derived(`${name}_FeedbackMessage`, [goalId, structField('feedback', `${name}_Feedback`)], file),
  ];
}

function serviceStructures(name: string, request: Structure, response: Structure): Structure[] {
  const atMostOne = { kind: 'sequence', bound: 1 } as const;
  const event = derived(
    `${name}_Event`,
    [
      structField('info', 'service_msgs/msg/ServiceEventInfo'),
      structField('request', request.name, atMostOne),
      structField('response', response.name, atMostOne),
    ],
    request.file,
  );
  return [request, response, event];
}

function derived(name: string, fields: readonly Field[], file: string): Structure {
  const { definitions, text } = renderFields(fields);
  return { name, fields, definitions, text, file };
}

/** The parts of a definition between lines of ---, with their first lines' numbers. */
function sections(text: string): { text: string; line: number }[] {
  const parts: { lines: string[]; line: number }[] = [{ lines: [], line: 1 }];
  text.split(/\r\n|\n|\r/).forEach((line, i) => {
    if (/^---\s*$/.test(line)) parts.push({ lines: [], line: i + 2 });
    else parts[parts.length - 1].lines.push(line);
  });
  return parts.map(({ lines, line }) => ({ text: lines.join('\n'), line }));
}

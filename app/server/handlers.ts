import { inputError } from '../../engine/core/errors.ts';
import type { HostSession } from '../../engine/link/host.ts';
import { type PeerHandlers, type RequestContext, unknownMethod, unknownTopic } from '../../engine/link/peer.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { machineJson, protocolJson } from '../../planners/generated/data.ts';
import type { FieldFixture } from '../../planners/guidance/fixtures/fixture.ts';
import { robotRequestSchema } from '../../planners/guidance/messages.ts';
import { fieldAboutRecord, MOST_FIELD_BYTES } from '../../planners/guidance/robot-records.ts';
import { patientRequestSchema, planRequestSchema } from '../../planners/radiation/messages.ts';
import { beamAngles } from '../inputs/angles.ts';
import { defaultBixelMm, defaultMachine } from '../planning/settings.ts';
import { checked } from './checked.ts';
import type { Jobs } from './jobs.ts';
import type { OfferedPatients } from './patients.ts';
import type { Recordings } from './recordings.ts';
import { type LiveRobot, ROBOT_TOPICS, type RobotTopic } from './robot/live-robot.ts';
import { needRobot } from './robot/open.ts';
import { streamTopic, topicList } from './topics.ts';

/** What a server has to offer. */
export interface Services {
  readonly patients: OfferedPatients;
  readonly jobs: Jobs;
  readonly recordings: Recordings;
  readonly robot: LiveRobot | undefined;
  readonly node: RosNode | undefined;
}

/** What answers one viewer. */
export function viewerHandlers(services: Services, session: () => HostSession): PeerHandlers {
  const { robot, node, recordings, patients } = services;
  return {
    request: async (method, params, context) => {
      switch (method) {
        case 'about':
          return {
            robot: robot?.about ?? null,
            ros2: node?.where ?? null,
            patients: patients.list,
            recordings: await recordings.list(),
            mayControl: session().mayControl,
          };
        case 'patients':
          return patients.list;
        case 'patient':
          return openPatient(services, params, context, session());
        case 'plan':
          return plan(services, params, context, session());
        case 'robot':
          await needRobot(robot).command(checked(robotRequestSchema, params, 'robot'), session());
          return null;
        case 'keep-outs':
          needToken(session(), 'keep-outs of a patient');
          return sendFields(needRobot(robot).fields, context);
        case 'topics':
          return topicList(needNode(node));
        case 'recordings':
          return recordings.list();
        default:
          throw unknownMethod(method);
      }
    },
    subscribe: (topic, params, sink) => {
      if (ROBOT_TOPICS.includes(topic as RobotTopic)) {
        return needRobot(robot).subscribe(topic as RobotTopic, sink, session());
      }
      if (topic === 'topic') {
        needToken(session(), 'topics of ROS 2');
        return streamTopic(needNode(node), params, sink);
      }
      if (topic === 'recording') {
        needToken(session(), 'recordings');
        return recordings.stream(params, sink);
      }
      throw unknownTopic(topic);
    },
    control: (record) => {
      if (record.t === 'beat') robot?.beat(session(), record.n, record.hidden);
    },
    detached: () => robot?.left(session()),
    closed: () => robot?.left(session()),
  };
}

/** A folder of the command line may hold a real patient: only who has the token sees it. */
function openPatient({ patients, jobs }: Services, params: unknown, context: RequestContext, session: HostSession) {
  const { patient: name } = checked(patientRequestSchema, params, 'patient');
  const patient = patients.path(name);
  if (!name.startsWith('phantom:')) needToken(session, 'patients that are no phantoms');
  return jobs.run({ kind: 'patient', patient, name }, context);
}

/** The distance fields of a robot's keep-outs, as many as there is room for. */
async function sendFields(fields: readonly FieldFixture[], { sendArray }: RequestContext): Promise<unknown> {
  const tooLarge: string[] = [];
  let room = MOST_FIELD_BYTES;
  for (const field of fields) {
    const { distance } = field.field;
    if (distance.byteLength > room) {
      tooLarge.push(field.name);
      continue;
    }
    room -= distance.byteLength;
    await sendArray('field', distance, fieldAboutRecord(field));
  }
  return { tooLarge };
}

function plan({ patients, jobs }: Services, params: unknown, context: RequestContext, session: HostSession) {
  needToken(session, 'plans');
  const { patient: name, gantryDeg, couchDeg, collimatorDeg, ...asked } = checked(planRequestSchema, params, 'plan');
  const { protocol, machine = defaultMachine, bixelMm = defaultBixelMm } = asked;
  needBuiltin(protocolJson, protocol, 'protocol');
  needBuiltin(machineJson, machine, 'machine');
  const angles = beamAngles({ gantry: gantryDeg, couch: couchDeg, collimator: collimatorDeg });
  const settings = { ...asked, patient: patients.path(name), machine, bixelMm, angles, device: 'auto' as const };
  return jobs.run({ kind: 'plan', settings, name }, context);
}

function needBuiltin(known: Readonly<Record<string, unknown>>, name: string | undefined, what: string): void {
  if (name === undefined || Object.hasOwn(known, name)) return;
  const hint = `choose one of ${Object.keys(known).join(', ')}`;
  throw inputError(`${what}/unknown`, `there is no built-in ${what} ${JSON.stringify(name)}`, hint);
}

function needToken({ mayControl }: HostSession, what: string): void {
  if (mayControl) return;
  const hint = 'open the address that the server printed, with its token';
  throw inputError('link/forbidden', `${what} need the token of the server`, hint);
}

function needNode(node: RosNode | undefined): RosNode {
  if (node !== undefined) return node;
  throw inputError('serve/no-ros2', 'the server is not on ROS 2', 'start it with --ros2');
}

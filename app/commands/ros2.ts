import { type Command, Option } from 'commander';
import { QOS_PROFILES, type QosProfile } from '../../engine/ros2/rtps/qos.ts';
import { numberOption, wholeNumberOption } from '../inputs/numbers.ts';
import { addNodeOptions, type NodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';

type Common = NodeOptions & { readonly json?: boolean };

/** `isocenter ros2 ...`: the tools that a ROS user reaches for first. */
export function registerRos2(program: Command, session: Session): void {
  const ros2 = program.command('ros2').description('look at, drive and record ROS 2 systems, with or without ROS 2');
  const { signal } = session;
  /** A subcommand that works on a node of its own. */
  const add = <T extends Common>(
    name: string,
    description: string,
    configure: (command: Command) => Command,
    run: (
      open: () => Promise<import('../../engine/ros2/node/types.ts').RosNode>,
      args: string[],
      o: T,
    ) => Promise<void>,
  ) => {
    const command = configure(ros2.command(name).description(description));
    addNodeOptions(command, { rosbridge: true })
      .option('--json', 'print JSON, one object a line')
      .action(async (...all: unknown[]) => {
        const options = all.at(-2) as T;
        const { withNode } = await import('../ros2/session.ts');
        await withNode(options, session, (open) => run(open, all.slice(0, -2) as string[], options));
      });
  };
  const seconds = (name: string, most = 1e6) => numberOption(name, 's', 0, most);
  const typed = (command: Command) =>
    command.argument('<topic>').option('--type <type>', 'type of the messages (default: as published)');
  const wait = (command: Command) =>
    command.option('--wait <s>', 'how long discovery may take at most', seconds('wait', 60), 2);

  add<Common & { wait: number }>(
    'topics',
    'list topics, their types and who publishes and subscribes',
    wait,
    async (open, _, o) => {
      const { listTopics } = await import('../ros2/lists.ts');
      process.stdout.write(await listTopics(await open(), o, signal));
    },
  );
  for (const what of ['services', 'actions', 'nodes'] as const) {
    add<Common & { wait: number }>(what, `list ${what}`, wait, async (open, _, o) => {
      const { listNamed } = await import('../ros2/lists.ts');
      process.stdout.write(await listNamed(await open(), what, o, signal));
    });
  }
  add<Common & { type?: string; count: number; timeout?: number }>(
    'echo',
    'print the messages of a topic',
    (command) =>
      typed(command)
        .option('--count <n>', 'stop after n messages', wholeNumberOption('count', 1, 1e9), Number.POSITIVE_INFINITY)
        .option('--timeout <s>', 'give up after that time', seconds('timeout')),
    async (open, [topic], o) => {
      const { echo } = await import('../ros2/echo.ts');
      await echo(await open(), topic, o, signal);
    },
  );
  add<Common & { rate: number; count: number; once?: boolean; qos: QosProfile; waitFor: number; timeout: number }>(
    'pub',
    'publish a message, every second or as said',
    (command) =>
      command
        .argument('<topic>')
        .argument('<type>', 'as geometry_msgs/msg/Twist')
        .argument('<json>', 'the message; fields that are left out are zero')
        .option('--rate <hz>', 'messages a second', numberOption('rate', 'Hz', 1e-3, 1e5), 1)
        .option('--count <n>', 'stop after n messages', wholeNumberOption('count', 1, 1e9), Number.POSITIVE_INFINITY)
        .option('--once', 'publish one message')
        .addOption(
          new Option('--qos <profile>', 'quality of service').choices(Object.keys(QOS_PROFILES)).default('default'),
        )
        .option('--wait-for <n>', 'subscribers to wait for', wholeNumberOption('wait-for', 0, 1000), 1)
        .option('--timeout <s>', 'how long to wait for them', seconds('timeout'), 10),
    async (open, [topic, type, json], o) => {
      const { publish } = await import('../ros2/publish.ts');
      await publish(await open(), topic, type, json, { ...o, count: o.once ? 1 : o.count }, signal);
    },
  );
  add<Common & { type?: string; window: number; duration?: number }>(
    'hz',
    'show every second at which rate messages come',
    (command) =>
      typed(command)
        .option('--window <n>', 'intervals that count', wholeNumberOption('window', 2, 1e6), 1000)
        .option('--duration <s>', 'stop after that time', seconds('duration')),
    async (open, [topic], o) => {
      const { showRate } = await import('../ros2/hz.ts');
      await showRate(await open(), topic, o, signal);
    },
  );
  add<Common & { timeout: number }>(
    'call',
    'call a service',
    (command) =>
      command
        .argument('<service>')
        .argument('<type>', 'as std_srvs/srv/SetBool')
        .argument('[json]', 'the request', '{}')
        .option('--timeout <s>', 'how long to wait for the server and for its answer', seconds('timeout'), 10),
    async (open, [service, type, json], o) => {
      const { callService } = await import('../ros2/call.ts');
      await callService(await open(), service, type, json, o, signal);
    },
  );
  add<Common & { timeout: number; feedback?: boolean }>(
    'action',
    'send a goal to an action server and wait for its end; Ctrl-C cancels it',
    (command) =>
      command
        .argument('<action>')
        .argument('<type>', 'as control_msgs/action/FollowJointTrajectory')
        .argument('[json]', 'the goal', '{}')
        .option('--feedback', 'print the feedback too')
        .option('--timeout <s>', 'how long to wait for the server to answer', seconds('timeout'), 10),
    async (open, [action, type, json], o) => {
      const { runAction } = await import('../ros2/call.ts');
      if (!(await runAction(await open(), action, type, json, o, signal))) process.exitCode = 1;
    },
  );
  add<Common & { duration?: number }>(
    'record',
    'record topics to an MCAP file, all where none are named',
    (command) =>
      command
        .argument('<file>', 'as run.mcap')
        .argument('[topics...]')
        .option('--duration <s>', 'stop after that time', seconds('duration')),
    async (open, [file, topics], o) => {
      const { record } = await import('../ros2/record.ts');
      await record(await open(), file, { ...o, topics: topics as unknown as string[] }, signal);
    },
  );
  add<Common & { topic: readonly string[]; rate: number; loop?: boolean; start: number; waitFor: number }>(
    'play',
    'publish what an MCAP file holds, at its pace',
    (command) =>
      command
        .argument('<file>')
        .option(
          '--topic <name>',
          'play this topic alone; may be repeated',
          (name: string, list: readonly string[]) => [...list, name],
          [] as readonly string[],
        )
        .option('--rate <factor>', 'faster or slower', numberOption('rate', '', 0.01, 1000), 1)
        .option('--start <s>', 'leave out the beginning', seconds('start'), 0)
        .option('--loop', 'begin again at the end')
        .option(
          '--wait-for <n>',
          'subscribers of each topic to wait for, 5 s at most',
          wholeNumberOption('wait-for', 0, 1000),
          0,
        ),
    async (open, [file], o) => {
      const { play } = await import('../ros2/play.ts');
      await play(await open(), file, { ...o, topics: o.topic }, signal);
    },
  );
}

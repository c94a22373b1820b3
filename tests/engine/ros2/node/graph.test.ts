import { afterEach, describe, expect, it } from 'vitest';
import type { Distro, RosMessage } from '../../../../engine/ros2/messages/types.ts';
import { GOAL_STATUS } from '../../../../engine/ros2/node/types.ts';
import { createParticipant } from '../../../../engine/ros2/rtps/participant.ts';
import { QOS_PROFILES } from '../../../../engine/ros2/rtps/qos.ts';
import { until } from '../../../support/wait.ts';
import { closeNodes, DOMAIN, node } from './support.ts';

const STRING = 'std_msgs/msg/String';

afterEach(closeNodes);

describe('the graph', () => {
  it('has the nodes, topics, services and actions of others, until they go', async () => {
    const looks = await node({ name: 'looks', domain: DOMAIN });
    const works = await node({ name: 'works', namespace: '/cell', domain: DOMAIN });
    let changes = 0;
    const stop = looks.graph.onChange(() => changes++);
    works.createPublisher(STRING, 'said', 'sensor_data');
    looks.createSubscription(STRING, '/cell/said', () => {}, 'sensor_data');
    const service = works.createService('std_srvs/srv/Trigger', 'go', () => ({ success: true }));
    works.createActionServer('control_msgs/action/FollowJointTrajectory', 'arm', {
      execute: async () => ({ status: GOAL_STATUS.succeeded, result: {} }),
    });
    const { graph } = looks;
    await until(() => graph.actions().length === 1 && graph.nodes().length === 2);
    expect(graph.nodes()).toEqual([
      { name: 'looks', namespace: '/' },
      { name: 'works', namespace: '/cell' },
    ]);
    const said = graph.topics().find(({ name }) => name === '/cell/said');
    expect(said).toMatchObject({ types: [STRING], publishers: 1, subscribers: 1 });
    expect(said?.publisherQos.map(({ reliability }) => reliability)).toEqual(['best_effort']);
    expect(graph.topics().map(({ name }) => name)).toContain('/rosout');
    expect(graph.topics().some(({ name }) => name.includes('_action'))).toBe(false);
    expect(graph.services()).toContainEqual({ name: '/cell/go', types: ['std_srvs/srv/Trigger'] });
    expect(graph.services()).toContainEqual({
      name: '/cell/works/get_parameters',
      types: ['rcl_interfaces/srv/GetParameters'],
    });
    expect(graph.actions()).toEqual([{ name: '/cell/arm', types: ['control_msgs/action/FollowJointTrajectory'] }]);
    const before = changes;
    expect(before).toBeGreaterThan(0);
    service.close();
    await until(() => !graph.services().some(({ name }) => name === '/cell/go'));
    await works.close();
    await until(() => graph.nodes().length === 1 && graph.actions().length === 0);
    expect(changes).toBeGreaterThan(before);
    stop();
  });

  it('tells peers of nodes as ROS does: ros_discovery_info and the enclave', async () => {
    const peer = await createParticipant({ domain: DOMAIN, environment: {} });
    const works = await node({ name: 'works', namespace: '/cell', domain: DOMAIN });
    const type = works.interfaces.message('rmw_dds_common/msg/ParticipantEntitiesInfo');
    const heard: RosMessage[] = [];
    peer.createReader('ros_discovery_info', type.ddsName, QOS_PROFILES.latched, {
      onSample: ({ payload }) => heard.push(type.decode(payload)),
    });
    const publisher = works.createPublisher(STRING, 'said');
    const client = works.createClient('std_srvs/srv/Trigger', 'go');
    await until(() => peer.endpoints.some(({ topic }) => topic === 'rr/cell/goReply'));
    const hex = (gids: unknown) =>
      (gids as { data: Uint8Array }[]).map(({ data }) => Buffer.from(data).toString('hex'));
    const last = () => (heard.at(-1)?.node_entities_info_seq as RosMessage[] | undefined)?.[0];
    const guids = (topic: string, kind: string) =>
      peer.endpoints.filter((each) => each.topic === topic && each.kind === kind).map(({ guid }) => guid);
    const told = () => {
      const node = last();
      return [...hex(node?.reader_gid_seq ?? []), ...hex(node?.writer_gid_seq ?? [])];
    };
    const wanted = [
      ...guids('rt/cell/said', 'writer'),
      ...guids('rr/cell/goReply', 'reader'),
      ...guids('rq/cell/goRequest', 'writer'),
    ];
    expect(wanted.length).toBe(3);
    await until(() => wanted.every((guid) => told().includes(guid)));
    expect(last()).toMatchObject({ node_namespace: '/cell', node_name: 'works' });
    const [participant] = peer.participants.filter(({ guidPrefix }) => guidPrefix === wanted[0].slice(0, 24));
    expect(participant.userData).toBe('enclave=/;');
    expect(hex([heard.at(-1)?.gid])).toEqual([`${participant.guidPrefix}000001c1`]);
    publisher.close();
    client.close();
    await until(() => wanted.every((guid) => !told().includes(guid)));
    await peer.close();
  });

  it.each([
    ['humble', 'jazzy'],
    ['jazzy', 'humble'],
    ['rolling', 'humble'],
  ] satisfies [Distro, Distro][])(
    'of %s knows the nodes of %s, whose ids are of another length',
    async (ours, theirs) => {
      const looks = await node({ name: 'looks', domain: DOMAIN, distro: ours });
      await node({ name: 'works', namespace: '/cell', domain: DOMAIN, distro: theirs });
      await until(() => looks.graph.nodes().length === 2);
      expect(looks.graph.nodes()[1]).toEqual({ name: 'works', namespace: '/cell' });
    },
  );

  it('leaves out discovery info that is none', async () => {
    const looks = await node({ name: 'looks', domain: DOMAIN });
    const peer = await createParticipant({ domain: DOMAIN, environment: {} });
    const type = looks.interfaces.message('rmw_dds_common/msg/ParticipantEntitiesInfo');
    const writer = peer.createWriter('ros_discovery_info', type.ddsName, QOS_PROFILES.latched);
    await until(() => writer.matched.length > 0);
    writer.write(Buffer.from('00010000ffffffffffffffffffffffffffffffffffffffffff', 'hex'));
    writer.write(Buffer.from('00010000', 'hex'));
    expect(await writer.acknowledged(5000)).toBe(true);
    expect(looks.graph.nodes().length).toBe(1);
    await peer.close();
  });
});

describe('the log', () => {
  it('goes to /rosout, for those who come late, too; warnings are shown', async () => {
    const works = await node({ name: 'works', namespace: '/cell', domain: DOMAIN });
    const shown: string[] = [];
    works.onWarning((message) => shown.push(message));
    works.log('info', 'begin');
    works.log('error', 'too hot');
    const looks = await node({ name: 'looks', domain: DOMAIN });
    const heard: RosMessage[] = [];
    looks.createSubscription('rcl_interfaces/msg/Log', '/rosout', (entry) => heard.push(entry), 'rosout_default');
    await until(() => heard.length === 2);
    expect(heard[0]).toMatchObject({ level: 20, name: 'cell.works', msg: 'begin' });
    expect(heard[1]).toMatchObject({ level: 40, msg: 'too hot' });
    expect(Math.abs((heard[0].stamp as { sec: number }).sec - Date.now() / 1000)).toBeLessThan(60);
    expect(shown).toEqual(['/cell/works: too hot']);
  });
});

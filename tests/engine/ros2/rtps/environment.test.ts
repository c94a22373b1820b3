import { describe, expect, it } from 'vitest';
import { interfacesFor, readEnvironment } from '../../../../engine/ros2/rtps/environment.ts';
import { bestLocator, chooseInterfaces, type NetworkInterface } from '../../../../engine/ros2/rtps/interfaces.ts';
import { discoveryMulticastPort, metatrafficPort, userPort } from '../../../../engine/ros2/rtps/ports.ts';

const lo: NetworkInterface = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', loopback: true };
const eth: NetworkInterface = { name: 'eth0', address: '192.168.1.5', netmask: '255.255.255.0', loopback: false };
const arm: NetworkInterface = { name: 'arm', address: '10.0.0.2', netmask: '255.255.0.0', loopback: false };
const all = [lo, eth, arm];
const names = (list: readonly NetworkInterface[]): string[] => list.map(({ name }) => name);

describe('ports (DDSI-RTPS 2.5, 9.6.1.1)', () => {
  it('of domains 0 and 42', () => {
    expect([discoveryMulticastPort(0), metatrafficPort(0, 0), userPort(0, 0)]).toEqual([7400, 7410, 7411]);
    expect([discoveryMulticastPort(42), metatrafficPort(42, 3), userPort(42, 3)]).toEqual([17900, 17916, 17917]);
  });
});

describe('the environment of ROS', () => {
  it.each([
    [{}, 0, 'LOCALHOST', [], ['lo']],
    [{ ROS_DOMAIN_ID: '42' }, 42, 'LOCALHOST', [], ['lo']],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: 'SUBNET' }, 0, 'SUBNET', [], ['lo', 'eth0', 'arm']],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: 'off', ROS_STATIC_PEERS: 'robot' }, 0, 'OFF', [], ['lo']],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: 'SUBNET', ROS_LOCALHOST_ONLY: '1' }, 0, 'LOCALHOST', [], ['lo']],
    [{ ROS_LOCALHOST_ONLY: '0' }, 0, 'LOCALHOST', [], ['lo']],
    [{ ROS_STATIC_PEERS: '10.0.0.9; robot.local' }, 0, 'LOCALHOST', ['10.0.0.9', 'robot.local'], ['lo', 'eth0', 'arm']],
    [{ ROS_STATIC_PEERS: '127.0.0.1' }, 0, 'LOCALHOST', ['127.0.0.1'], ['lo']],
  ])('%o', (variables, domain, range, peers, interfaces) => {
    const read = readEnvironment(variables);
    expect(read).toEqual({ domain, range, peers });
    expect(names(interfacesFor(read, [], all))).toEqual(interfaces);
    expect(names(interfacesFor(read, ['10.0.0.2', 'lo'], all))).toEqual(['arm', 'lo']);
  });

  it.each([
    [{ ROS_DOMAIN_ID: 'ten' }, 'ros2/domain'],
    [{ ROS_DOMAIN_ID: '-1' }, 'ros2/domain'],
    [{ ROS_DOMAIN_ID: '233' }, 'ros2/domain'],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: 'PLANET' }, 'ros2/environment'],
  ])('%o is refused', (variables, code) => {
    expect(() => readEnvironment(variables)).toThrow(expect.objectContaining({ code }));
  });

  it('an interface that is not there is refused with those that are', () => {
    expect(() => chooseInterfaces(['wlan7'], all)).toThrow(
      expect.objectContaining({ code: 'ros2/interface', hint: expect.stringContaining('eth0 (192.168.1.5)') }),
    );
  });
});

describe('the best way to a peer', () => {
  const host = new Set(['127.0.0.1', '192.168.1.5', '10.0.0.2']);
  const at = (...addresses: string[]) => addresses.map((address) => ({ address, port: 7411 }));
  it.each([
    ['on this machine: loopback, if it listens there', all, at('192.168.1.5', '127.0.0.1'), '127.0.0.1', 'lo'],
    ['on this machine, on its network address only', all, at('192.168.1.5'), '192.168.1.5', 'eth0'],
    ['on this machine, from loopback alone', [lo], at('192.168.1.5'), '192.168.1.5', 'lo'],
    ['on this machine, on loopback only, from a network alone', [eth], at('127.0.0.1'), '127.0.0.1', 'eth0'],
    ['on the same network', all, at('172.17.0.1', '10.0.9.9'), '10.0.9.9', 'arm'],
    ['elsewhere: never loopback, whatever it says', all, at('127.0.0.1', '192.168.1.77'), '192.168.1.77', 'eth0'],
    ['behind a router', all, at('8.8.4.4'), '8.8.4.4', 'eth0'],
    ['elsewhere, from loopback alone: none', [lo], at('192.168.1.77'), undefined, undefined],
  ])('%s', (_name, ours, locators, address, via) => {
    const best = bestLocator(locators, ours, host);
    expect([best?.locator.address, best && ours[best.via].name]).toEqual([address, via]);
  });
});

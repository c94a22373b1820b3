import { definitionTexts } from './definitions/index.ts';
import { expandInterface, wholeInterface } from './expand.ts';
import { commonMessages } from './library.ts';
import { messageType, once } from './message-type.ts';
import { fullName, type InterfaceKind, nameOfDds, splitName } from './names.ts';
import { DefinitionStore, unknownType } from './store.ts';
import type { Structure } from './structure.ts';
import { typeHash } from './type-hash.ts';
import type { ActionType, Distro, InterfaceRegistry, InterfaceSource, MessageType, ServiceType } from './types.ts';

export interface RegistryOptions {
  /** Whose definitions; default jazzy. */
  readonly distro?: Distro;
}

/** The interfaces of a distribution, to which a user's own can be added. */
export function createInterfaceRegistry(options: RegistryOptions = {}): InterfaceRegistry {
  const distro = options.distro ?? 'jazzy';
  const makers = new Map<string, () => readonly Structure[]>();
  for (const [name, make] of commonMessages(distro)) makers.set(name, () => [make()]);
  for (const source of definitionTexts(distro)) {
    makers.set(
      source.name,
      once(() => expandInterface(source)),
    );
  }
  return new Registry(distro, new DefinitionStore(makers));
}

class Registry implements InterfaceRegistry {
  readonly distro: Distro;
  private readonly store: DefinitionStore;
  private readonly messages = new Map<string, MessageType>();
  private readonly services = new Map<string, ServiceType>();
  private readonly actions = new Map<string, ActionType>();

  constructor(distro: Distro, store: DefinitionStore) {
    this.distro = distro;
    this.store = store;
  }

  message(name: string): MessageType {
    return kept(this.messages, name, () => {
      const full = fullName(name, 'msg');
      return full === name ? messageType(this.store.closure(full), this.store.codec(full)) : this.message(full);
    });
  }

  service(name: string): ServiceType {
    return kept(this.services, name, () => {
      const full = this.known('srv', name);
      return full === name ? this.makeService(full) : this.service(full);
    });
  }

  action(name: string): ActionType {
    return kept(this.actions, name, () => {
      const full = this.known('action', name);
      return full === name ? this.makeAction(full) : this.action(full);
    });
  }

  has(kind: InterfaceKind, name: string): boolean {
    const full = fullName(name, kind);
    return splitName(full).kind === kind && this.store.has(full);
  }

  names(kind: InterfaceKind): readonly string[] {
    return this.store.names.filter((name) => splitName(name).kind === kind).sort();
  }

  add(name: string, text: string, file: string): void {
    this.addAll([{ name, text, file }]);
  }

  addAll(sources: readonly InterfaceSource[]): void {
    this.store.add(sources.map((source) => ({ ...source, name: fullName(source.name, 'msg') })));
    this.messages.clear();
    this.services.clear();
    this.actions.clear();
  }

  fromDdsName(ddsName: string): string | undefined {
    return nameOfDds(ddsName);
  }

  private known(kind: InterfaceKind, name: string): string {
    const full = fullName(name, kind);
    if (this.has(kind, full)) return full;
    throw unknownType(full, this.names(kind));
  }

  private makeService(name: string): ServiceType {
    const hash = once(() => this.wholeHash(name, 'srv'));
    return {
      name,
      request: this.message(`${name}_Request`),
      response: this.message(`${name}_Response`),
      get hash() {
        return hash();
      },
    };
  }

  private makeAction(name: string): ActionType {
    const hash = once(() => this.wholeHash(name, 'action'));
    return {
      name,
      goal: this.message(`${name}_Goal`),
      result: this.message(`${name}_Result`),
      feedback: this.message(`${name}_Feedback`),
      sendGoal: this.makeService(`${name}_SendGoal`),
      getResult: this.makeService(`${name}_GetResult`),
      cancelGoal: this.service('action_msgs/srv/CancelGoal'),
      feedbackMessage: this.message(`${name}_FeedbackMessage`),
      status: this.message('action_msgs/msg/GoalStatusArray'),
      get hash() {
        return hash();
      },
    };
  }

  private wholeHash(name: string, kind: 'srv' | 'action'): string {
    const whole = wholeInterface(name, kind);
    const parts = new Map<string, Structure>();
    for (const { struct } of whole.fields) {
      for (const structure of this.store.closure(struct as string)) parts.set(structure.name, structure);
    }
    return typeHash([whole, ...parts.values()]);
  }
}

function kept<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = make();
  known.set(name, made);
  return made;
}

import { inputError } from '../../core/errors.ts';
import { type Codec, fieldCodec, structCodec } from './codec.ts';
import { definitionError } from './definition.ts';
import { expandInterface, interfaceOf } from './expand.ts';
import { nearestNames, splitName } from './names.ts';
import type { Field, Structure } from './structure.ts';
import type { InterfaceSource } from './types.ts';

/** The most entries that the fixed arrays of one message may hold together. */
const MAX_ENTRIES = 2 ** 24;

/** Definitions by full name, made into structures and codecs when they are first asked for. */
export class DefinitionStore {
  private readonly makers: Map<string, () => readonly Structure[]>;
  private readonly structures = new Map<string, Structure>();
  private readonly closures = new Map<string, readonly Structure[]>();
  private readonly codecs = new Map<string, Codec>();

  constructor(makers: ReadonlyMap<string, () => readonly Structure[]>) {
    this.makers = new Map(makers);
  }

  get names(): readonly string[] {
    return [...this.makers.keys()];
  }

  has(name: string): boolean {
    return this.makers.has(name);
  }

  /**
   * Adds interfaces, or puts them in the place of others of their name: all of them or, where one is faulty, none.
   *
   * @throws IsocenterError `ros2/definition` with file and line: syntax, types that are missing, types within themselves
   */
  add(sources: readonly InterfaceSource[]): void {
    const expanded = sources.map((source) => [source.name, expandInterface(source)] as const);
    const trial = new DefinitionStore(this.makers);
    for (const [name, structures] of expanded) trial.makers.set(name, () => structures);
    for (const [, structures] of expanded) for (const { name } of structures) trial.closure(name);
    for (const [name, structures] of expanded) this.makers.set(name, () => structures);
    this.structures.clear();
    this.closures.clear();
    this.codecs.clear();
  }

  /** @throws IsocenterError `ros2/unknown-type` */
  structure(name: string): Structure {
    const known = this.find(name);
    if (known !== undefined) return known;
    if (this.makers.has(name)) throw noMessage(name);
    throw unknownType(name, this.names);
  }

  /** A structure and all that it is made of, its own first. */
  closure(name: string): readonly Structure[] {
    const known = this.closures.get(name);
    if (known !== undefined) return known;
    const found = new Map<string, number>();
    this.visit(this.structure(name), found, []);
    const structures = [name, ...[...found.keys()].filter((other) => other !== name)].map((key) => this.structure(key));
    this.closures.set(name, structures);
    return structures;
  }

  codec(name: string): Codec {
    const known = this.codecs.get(name);
    if (known !== undefined) return known;
    const { fields } = this.structure(name);
    const codec = structCodec(
      fields.map((field) => field.name),
      fields.map((field) => fieldCodec(field, field.struct === undefined ? undefined : this.codec(field.struct))),
    );
    this.codecs.set(name, codec);
    return codec;
  }

  private find(name: string): Structure | undefined {
    const known = this.structures.get(name);
    if (known !== undefined) return known;
    for (const structure of this.makers.get(interfaceOf(name))?.() ?? [])
      this.structures.set(structure.name, structure);
    return this.structures.get(name);
  }

  /** Walks all that a structure is made of; returns the entries that its fixed arrays hold. */
  private visit(structure: Structure, found: Map<string, number>, trail: readonly string[]): number {
    const done = found.get(structure.name);
    if (done !== undefined) return done;
    const within = [...trail, structure.name];
    let entries = 1;
    for (const field of structure.fields) {
      const inner = field.struct === undefined ? 1 : this.visit(this.part(structure, field, within), found, within);
      entries += inner * (field.extent.kind === 'array' ? field.extent.length : 1);
      if (entries > MAX_ENTRIES) {
        throw definitionError(
          structure.file,
          field.line,
          `${structure.name} would hold over ${MAX_ENTRIES} entries in arrays of fixed length`,
          'use sequences: type[]',
        );
      }
    }
    found.set(structure.name, entries);
    return entries;
  }

  private part(structure: Structure, field: Field, within: readonly string[]): Structure {
    const name = field.struct as string;
    if (within.includes(name)) {
      throw definitionError(
        structure.file,
        field.line,
        `${name} is part of itself: ${[...within.slice(within.indexOf(name)), name].join(' -> ')}`,
        'a message cannot hold itself',
      );
    }
    const part = this.find(name);
    if (part !== undefined) return part;
    throw definitionError(
      structure.file,
      field.line,
      `the type ${name} of ${field.name} is not known`,
      `give its definition too${likely(name, this.names)}`,
    );
  }
}

/** An unknown name, with those most like it. */
export function unknownType(name: string, known: readonly string[]): Error {
  return inputError(
    'ros2/unknown-type',
    `no definition of ${name} is known`,
    `add its definition${likely(name, known)}`,
  );
}

function noMessage(name: string): Error {
  const isService = splitName(name).kind === 'srv';
  const parts = isService ? ['Request', 'Response'] : ['Goal', 'Result', 'Feedback'];
  return inputError(
    'ros2/unknown-type',
    `${name} is ${isService ? 'a service' : 'an action'}, not a message`,
    `its messages are ${parts.map((part) => `${name}_${part}`).join(', ')}`,
  );
}

function likely(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known);
  return near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
}

/** What isocenter uses of dcmjs, which has no types of its own. */
declare module 'dcmjs' {
  export interface DictElement {
    vr: string;
    Value: unknown[];
  }
  export type Dict = Record<string, DictElement>;

  interface DictionaryEntry {
    readonly tag: string;
    readonly vr: string;
    readonly vm: string;
    readonly name: string;
  }

  interface Logger {
    setLevel(level: 'silent', persist?: boolean): void;
  }

  const dcmjs: {
    readonly data: {
      readonly ReadBufferStream: new (
        buffer: ArrayBuffer,
        littleEndian: boolean,
        options?: { noCopy?: boolean },
      ) => object;
      readonly DicomDict: new (
        meta: Dict,
      ) => { dict: Dict; write(options?: { allowInvalidVRLength?: boolean }): ArrayBuffer };
      readonly DicomMessage: {
        _read(stream: object, syntax: string, options?: { ignoreErrors?: boolean }): Dict;
      };
      readonly DicomMetaDictionary: {
        /** By tag, as (0010,0020). */
        readonly dictionary: Readonly<Record<string, DictionaryEntry | undefined>>;
        /** By keyword, as PatientID. */
        readonly nameMap: Readonly<Record<string, DictionaryEntry | undefined>>;
      };
    };
    readonly log: Logger & { getLogger(name: string): Logger };
  };
  // biome-ignore lint/style/noDefaultExport: so it is exported
  export default dcmjs;
}

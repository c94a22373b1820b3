import { SaxesParser } from 'saxes';
import { type IsocenterError, inputError } from '../core/errors.ts';
import { decimal, decodeText } from './text.ts';

/** One element of an XML file. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, all of it in one; empty unless it was asked for (URDF and SRDF have none that matters). */
  readonly text: string;
  readonly line: number;
}

const DEEPEST = 64;

export const RUN_XACRO = 'run `xacro FILE.xacro > FILE.urdf` first and give its output';

/**
 * Reads an XML document into its tree of elements.
 *
 * @param path what messages call the file
 * @param keepsText whether the text of elements is kept
 * @throws IsocenterError `xml/malformed` with line and column, `xml/encoding`
 */
export function parseXml(file: string | Uint8Array, path: string, keepsText = false): XmlElement {
  const text = decodeText(file, path, 'xml');
  const parser = new SaxesParser();
  type Open = { name: string; attributes: Record<string, string>; children: Open[]; text: string; line: number };
  const open: Open[] = [];
  let root: Open | undefined;
  let line = 1;
  const fail = (reason: string): IsocenterError =>
    inputError(
      'xml/malformed',
      `${path}, line ${parser.line}, column ${parser.column}: ${reason}`,
      'the file must be well-formed XML',
    );
  parser.on('error', (error) => {
    throw fail(error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, ''));
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Open = { name, attributes: attributes as Record<string, string>, children: [], text: '', line };
    if (open.length >= DEEPEST) throw fail(`elements lie more than ${DEEPEST} deep`);
    if (open.length > 0) open[open.length - 1].children.push(element);
    else root = element;
    open.push(element);
  });
  if (keepsText) {
    parser.on('text', (text) => {
      if (open.length > 0) open[open.length - 1].text += text;
    });
  }
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === undefined) throw fail('there is no element');
  return root;
}

/** What the readers of XML formats share: attributes by name, numbers, and errors that name file and line. */
export class XmlReader {
  readonly #path: string;
  readonly #area: string;

  /** @param area first part of the error codes, for example `urdf` */
  constructor(path: string, area: string) {
    this.#path = path;
    this.#area = area;
  }

  fault(element: XmlElement, reason: string, message: string, hint: string): IsocenterError {
    return inputError(`${this.#area}/${reason}`, `${this.#path}, line ${element.line}: ${message}`, hint);
  }

  /** The attribute's text; an error where it is missing or empty. */
  text(element: XmlElement, attribute: string): string {
    const value = element.attributes[attribute]?.trim() ?? '';
    if (value !== '') return value;
    throw this.fault(
      element,
      'missing-attribute',
      `<${element.name}> has no ${attribute}`,
      `give <${element.name}> the attribute ${attribute}`,
    );
  }

  number(element: XmlElement, attribute: string, fallback?: number): number {
    if (fallback !== undefined && element.attributes[attribute] === undefined) return fallback;
    return this.#parse(element, attribute, this.text(element, attribute));
  }

  /** `count` numbers separated by white space. */
  numbers(element: XmlElement, attribute: string, count: number, fallback?: readonly number[]): number[] {
    if (fallback !== undefined && element.attributes[attribute] === undefined) return [...fallback];
    const parts = this.text(element, attribute).split(/\s+/);
    if (parts.length !== count) {
      throw this.fault(
        element,
        'bad-number',
        `${attribute} of <${element.name}> holds ${parts.length} values where ${count} must be`,
        `write ${count} numbers separated by spaces`,
      );
    }
    return parts.map((part) => this.#parse(element, attribute, part));
  }

  #parse(element: XmlElement, attribute: string, text: string): number {
    const value = decimal(text);
    if (!Number.isNaN(value)) return value;
    if (/\$[{(]/.test(text)) {
      throw this.fault(
        element,
        'xacro',
        `${attribute} of <${element.name}> is ${JSON.stringify(text)}, an expression of xacro`,
        RUN_XACRO,
      );
    }
    throw this.fault(
      element,
      'bad-number',
      `${attribute} of <${element.name}> is ${JSON.stringify(text)}, not a finite number`,
      'write numbers like 0.5 or 1e-3',
    );
  }

  /** The one child of that name; undefined where there is none, an error where there are several. */
  child(element: XmlElement, name: string): XmlElement | undefined {
    const [first, second] = this.children(element, name);
    if (second === undefined) return first;
    throw this.fault(second, 'repeated', `<${element.name}> has two <${name}>`, 'leave one of them out');
  }

  children(element: XmlElement, name: string): XmlElement[] {
    return element.children.filter((child) => child.name === name);
  }
}

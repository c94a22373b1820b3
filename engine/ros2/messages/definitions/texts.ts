/** Texts of definitions by full name. */
export type DefinitionTexts = Readonly<Record<string, string>>;

/** Names between the braces of a text. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What a text wants to be filled with: leaving a value out does not compile, and neither does one that it does not name. */
type ValuesOf<Text extends string> = Readonly<Record<NamesIn<Text>, string | number>>;

/** The values as an argument, which is left out where a text names none. */
export type ValuesArgument<Text extends string> = [NamesIn<Text>] extends [never] ? [] : [values: ValuesOf<Text>];

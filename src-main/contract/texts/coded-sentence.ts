import { z } from 'zod';

/** Values that a sentence names. Never a secret, never a stack. */
export const sentenceParamsSchema = z.record(z.string(), z.union([z.string(), z.number()]));
type SentenceParams = Readonly<Record<string, string | number>>;

/** A sentence by its code, with the values in it: put into words where somebody reads it, in the language of that person. */
export type CodedSentence<Code extends string = string> = { readonly code: Code; readonly params: SentenceParams };

/** Names between the braces of a text; words to choose from follow some, see `fill`. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Place}}${infer Rest}`
  ? NameOf<Place> | NamesIn<Rest>
  : never;
type NameOf<Place extends string> = Place extends `${infer Name}|${string}` ? Name : Place;

/** What a text wants to be filled with: leaving a value out does not compile, and neither does one that it does not name. */
type ValuesOf<Text extends string> = Readonly<Record<NamesIn<Text>, string | number>>;

/** The values as an argument, which is left out where a text names none. */
export type ValuesArgument<Text extends string> = [NamesIn<Text>] extends [never] ? [] : [values: ValuesOf<Text>];

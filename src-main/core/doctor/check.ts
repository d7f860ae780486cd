import type { WireError } from '#contract/errors.ts';
import type { DoctorCheck } from '#contract/models/server.ts';
import type { ValuesArgument } from '#contract/texts/coded-sentence.ts';
import { describeCheck, type DoctorCode, type doctorTexts } from '#contract/texts/doctor-texts.ts';

type Texts = typeof doctorTexts;

/** Everything that a check says, for the values that its sentences name. */
type TextOf<Code extends DoctorCode> = Texts[Code] extends { readonly fix: infer Fix extends string }
  ? `${Texts[Code]['message']}${Fix}`
  : Texts[Code]['message'];

/** What tells what to do: all that is not fine has to. */
type CodeWithFix = {
  [Code in DoctorCode]: Texts[Code] extends { readonly fix: string } ? Code : never;
}[DoctorCode];

export function ok<Code extends DoctorCode>(
  id: string,
  code: Code,
  ...values: ValuesArgument<TextOf<Code>>
): DoctorCheck {
  return check(id, 'ok', { code, params: values[0] ?? {} });
}

export function warning<Code extends CodeWithFix>(
  id: string,
  code: Code,
  ...values: ValuesArgument<TextOf<Code>>
): DoctorCheck {
  return check(id, 'warning', { code, params: values[0] ?? {} });
}

export function failure<Code extends CodeWithFix>(
  id: string,
  code: Code,
  ...values: ValuesArgument<TextOf<Code>>
): DoctorCheck {
  return check(id, 'error', { code, params: values[0] ?? {} });
}

/** The fix of one that was left out tells what to look at by hand. */
export function skipped<Code extends DoctorCode>(
  id: string,
  code: Code,
  ...values: ValuesArgument<TextOf<Code>>
): DoctorCheck {
  return check(id, 'skipped', { code, params: values[0] ?? {} });
}

/** A check that came upon a failure, which has its own sentences. */
export function failedWith(id: string, { code, params }: WireError): DoctorCheck {
  return check(id, 'error', { code, params });
}

function check(
  id: string,
  status: DoctorCheck['status'],
  { code, params }: Pick<DoctorCheck, 'code' | 'params'>,
): DoctorCheck {
  return { id, status, code, params, ...describeCheck({ code, params }) };
}

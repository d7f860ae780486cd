import { z } from 'zod';

/**
 * Every failure that can reach a person or a script, by stable code, with the HTTP status of the control API.
 * Adding a code here does not compile until `texts/error-texts.ts` (and each translation) has its sentences.
 */
export const errorStatus = {
  /** Something we did not foresee; `traceId` finds it in the log. */
  INTERNAL: 500,
  BAD_INPUT: 400,
  UNKNOWN_PROCEDURE: 404,
  UNAUTHORIZED: 401,
  CANCELLED: 409,
  /** A page of another origin, or a name that is not this machine's own (DNS rebinding). */
  ORIGIN_NOT_ALLOWED: 403,
  HOST_UNREACHABLE: 503,
  HOST_VERSION_DIFFERS: 409,
  NODE_TOO_OLD: 501,
  NOT_AVAILABLE_HERE: 501,

  DATA_FOLDER_BUSY: 409,
  DATA_FOLDER_READ_ONLY: 507,
  DATA_FOLDER_UNUSABLE: 507,
  DATABASE_TOO_NEW: 409,
  DATABASE_DAMAGED: 500,
  DISK_FULL: 507,

  PORT_IN_USE: 409,
  PORT_NOT_ALLOWED: 409,
  ADDRESS_NOT_AVAILABLE: 409,
  DEVICE_LISTENER_DOWN: 503,

  APP_NOT_FOUND: 404,
  APP_ID_INVALID: 400,
  APP_EXISTS: 409,

  SOURCE_NOT_FOUND: 404,
  SOURCE_UNREADABLE: 400,
  REQUEST_NOT_JSON: 400,
  SOURCE_NOT_A_BUILD: 400,
  BUILTIN_WITHOUT_INDEX: 400,
  SOURCE_CHANGED: 409,
  ZIP_INVALID: 400,
  ZIP_UNSAFE: 400,
  BUILD_HAS_ERRORS: 422,
  BUILD_HAS_WARNINGS: 422,
  BUILD_TOO_LARGE: 413,

  VERSION_INVALID: 400,
  VERSION_EXISTS: 409,
  RELEASE_NOT_FOUND: 404,
  RELEASE_IN_USE: 409,
  RELEASE_DAMAGED: 500,
  /** Published by a program that kept no list of a release's files. */
  RELEASE_FILES_UNKNOWN: 409,
  VERIFY_FAILED: 500,
  /** What was packed does not unpack. */
  BUNDLE_DAMAGED: 500,
  CHANNEL_NOT_FOUND: 404,
  CHANNEL_EXISTS: 409,
  CHANNEL_NAME_INVALID: 400,
  CHANNEL_IS_DEFAULT: 409,
  CHANNEL_IN_USE: 409,
  /** Nothing that could be gone back to, or the release is deleted. */
  CHANNEL_HAS_NO_PAST: 409,
  NATIVE_VERSION_INVALID: 400,
  ROLLOUT_NOT_FOUND: 409,
  ROLLOUT_NEEDS_TARGET: 409,
  ROLLOUT_NEEDS_RELEASE: 400,
  DEVICE_NOT_FOUND: 404,
  EVENT_NOT_FOUND: 404,
  REPLAY_NOT_PAIRED: 422,
  REPLAY_INCOMPLETE: 422,
  JOB_NOT_FOUND: 404,
  UPLOAD_NOT_FOUND: 404,
  UPLOAD_INCOMPLETE: 409,
  UPLOAD_PATH_INVALID: 400,
  OUTPUT_EXISTS: 409,
  OUTPUT_UNWRITABLE: 400,

  PROJECT_NOT_FOUND: 404,
  PROJECT_CONFIG_UNREADABLE: 400,
  PROJECT_CONFIG_NOT_PATCHABLE: 422,
  PROJECT_CONFIG_CHANGED: 409,

  KEY_NOT_RECOGNIZED: 400,
  KEY_PASSWORD_PROTECTED: 400,
  KEY_NOT_RSA: 400,
  KEY_WRONG_SIZE: 400,
  KEY_FILE_TOO_LARGE: 400,
  KEY_DAMAGED: 400,
  KEY_IS_PUBLIC: 400,
  SESSION_KEY_INVALID: 400,
  SESSION_KEY_OTHER_KEY: 422,
  CHECKSUM_INVALID: 400,
  CHECKSUM_OTHER_KEY: 422,
  CHECKSUM_MISMATCH: 422,
  DECRYPT_FAILED: 422,
  SEAL_DAMAGED: 422,
  PASSPHRASE_WRONG: 422,
  PASSPHRASE_TOO_SHORT: 400,
  KEY_NOT_FOUND: 404,
  KEY_EXISTS: 409,
  KEY_NAME_INVALID: 400,
  KEY_IN_USE: 409,
  KEY_PRIVATE_MISSING: 422,
  KEY_SEALED_ELSEWHERE: 422,
  KEY_MISMATCH: 409,
  KEY_REQUIRED: 409,
  KEY_NOT_EXPECTED: 409,
  VAULT_LOCKED: 423,
  VAULT_UNDECIDED: 409,
  VAULT_NOT_PROTECTED: 409,
  KEY_RETIRED: 409,
  ROTATION_NOT_FOUND: 404,
  ROTATION_EXISTS: 409,
  ROTATION_UNFINISHED: 409,

  BACKUP_DAMAGED: 422,
  BACKUP_TOO_NEW: 409,
  RESTORE_NOT_EMPTY: 409,

  WATCH_NOT_FOUND: 404,
  WATCH_NEEDS_FOLDER: 400,
  WATCH_HOLDS_DATA: 400,

  SAMPLE_FAILED: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

export const errorCodes = Object.keys(errorStatus) as readonly ErrorCode[];

/** Values a sentence may mention. Never a secret, never a stack. */
export type ErrorParams = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export const wireErrorSchema = z.object({
  code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
  params: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]),
  ),
  /** Present on `INTERNAL`: the same id is in the log beside the stack. */
  traceId: z.string().optional(),
});

/** A failure as it crosses a boundary. The sentence is made where it is shown. */
export type WireError = z.infer<typeof wireErrorSchema>;

/** What every transport carries back for a call. */
export type Reply<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

/** What a client call rejects with. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly traceId: string | undefined;

  constructor(error: WireError) {
    super(error.code);
    this.name = 'ApiError';
    this.code = error.code;
    this.params = error.params;
    this.traceId = error.traceId;
  }
}

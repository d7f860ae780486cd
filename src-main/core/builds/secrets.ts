/** What a file that looks like a secret is; `needsContent` when only its content tells. */
export type SecretHint = { readonly kind: string; readonly content: RegExp | null };

const rules: readonly { readonly name: RegExp; readonly hint: SecretHint }[] = [
  // Templates of it hold no values.
  { name: /^\.env(\.(?!example$|sample$|template$|dist$)[\w.-]+)?$/i, hint: { kind: '.env', content: null } },
  { name: /^id_(rsa|dsa|ecdsa|ed25519)$/i, hint: { kind: 'SSH key', content: null } },
  { name: /^\.capgo_key(_v2)?$/i, hint: { kind: 'Capgo key', content: null } },
  { name: /\.(p12|pfx|jks|keystore|bks)$/i, hint: { kind: 'keystore', content: null } },
  { name: /^\.(npmrc|netrc|pypirc)$/i, hint: { kind: 'token', content: /_authToken|_password|\bpassword\b/i } },
  { name: /^\.htpasswd$/i, hint: { kind: 'password', content: null } },
  // A .key may as well be a presentation, and a .pem a certificate, which is public.
  { name: /\.(pem|key|p8|asc)$/i, hint: { kind: 'private key', content: /-----BEGIN [A-Z ]*PRIVATE KEY/ } },
  {
    name: /(service[-_]?account|adminsdk|credentials).*\.json$/i,
    hint: { kind: 'service account', content: /"private_key"\s*:\s*"-----BEGIN/ },
  },
];

/** Files that need a look at their content are small; more is not read. */
export const SECRET_CONTENT_BYTES = 256 * 1024;

/** Whether a file's name is that of a secret. */
export function secretHint(path: string): SecretHint | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return rules.find((rule) => rule.name.test(name))?.hint ?? null;
}

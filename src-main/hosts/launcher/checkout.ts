import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const checkoutRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

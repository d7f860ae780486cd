import { openDeviceHost } from './device-host.ts';

/** A process that serves devices on the data folder it is given, until it is killed. Prints its URLs. */
const [, , dataDir] = process.argv;
if (dataDir === undefined) throw new Error('usage: device-child DATA_DIR');
const host = await openDeviceHost({ dataDir });
process.stdout.write(`${JSON.stringify(host.urls)}\n`);

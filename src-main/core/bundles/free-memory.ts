/**
 * Gives memory back at once: V8 sees little of what buffers hold, and on a build of gigabytes would collect them only after
 * hundreds of megabytes. `bytes`, and whatever else lies in the same buffer, must not be used again.
 */
export function freeMemory({ buffer }: Uint8Array): void {
  // Smaller ones may lie in the slab that all small buffers of Node share.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

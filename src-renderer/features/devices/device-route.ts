/** Address of a device's page. */
export function deviceHref(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
}

/** The id in a route's parameter. A client may choose any text for one, a lone `%` too. */
export function deviceIdOf(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}

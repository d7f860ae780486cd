import { isIPv4, isIPv6 } from 'node:net';

/** Letters, digits and hyphens in labels, as DNS has them; underscores occur in names of local machines. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/**
 * Whether it is an IPv4 address or a host name. Digits and dots that are no address are no name either: phones, as all
 * readers of URLs, would take them for one (URL Standard §3.5, "ends in a number").
 */
export function isIPv4OrName(host: string): boolean {
  return isIPv4(host) || (HOST_NAME.test(host) && !/(^|\.)\d+\.?$/.test(host));
}

/** An IPv6 address without a zone: `%eth0` names an adapter of one machine and has no place in a URL. */
export function isPlainIPv6(address: string): boolean {
  return isIPv6(address) && !address.includes('%');
}

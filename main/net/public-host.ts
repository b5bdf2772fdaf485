import { lookup } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'

/** Whether a URL's host can be one of the public internet: a name, and none that is kept for networks of one's own. */
export function isPublicName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  const [top = '', ...rest] = name.split('.').toReversed()
  return rest.length > 0 && isIP(name) === 0 && !name.startsWith('[') && !ownTops.has(top)
}

/** Resolves names as `dns.lookup` does, to public addresses alone: a public name may well be given a private one. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = found?.filter(({ address }) => isPublicAddress(address)) ?? []
    const [first] = addresses
    if (error || !first) {
      const refused = new Error(`${hostname} has no public address`)
      callback(error ?? Object.assign(refused, { code: 'ENOTFOUND' }), '')
    } else if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** RFC 6761, 6762 and 7686, and what ICANN keeps for networks of one's own, or such networks took. */
const ownTops: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'localdomain',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'arpa',
  'onion',
  'test',
  'example',
  'invalid',
])

function isPublicAddress(address: string): boolean {
  return !ownAddresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** IANA's registries of special-purpose addresses; IPv4 within IPv6 is checked by BlockList as IPv4. */
const ownAddresses = new BlockList()
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/127',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]) {
  const [address = '', bits] = network.split('/')
  ownAddresses.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
}
